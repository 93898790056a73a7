import type { EgressSecret } from "#runtime/egress/fetch.ts";
import type { Authorization, ConnectionAccess } from "#runtime/oauth/access.ts";
import { resolveUrl } from "#runtime/oauth/resolve.ts";
import type { Action } from "#sdk/connector/action.ts";

/** What one run's connections share. */
export interface ConnectionSurroundings {
  /** Makes credentials known to whatever redacts what comes back from outside, and what leaves the run. */
  readonly learn: (secrets: readonly EgressSecret[], shown: string) => void;
  /** Told now and then that the connection is in use. */
  readonly onUse: (connectionId: string) => void;
}

const USE_EVERY_MS = 60_000;

/** What came of a renewal that a refusal asked for. `why`: why there is no other credential, and what to do. */
export type Renewed =
  { readonly next: Authorization; readonly why: null } | { readonly next: null; readonly why: string | null };

/** A credential was renewed, and refused all the same. */
export const REFUSED_ANEW: Renewed = {
  next: null,
  why: "The provider refused a renewed token too. Look whether the account may do this and whether it was cut off at the provider; or ask its owner to reconnect it.",
};

/**
 * One connection in one run. Every credential value that it meets is made known to the run's redactors before any
 * request carries it, and keeps the first placeholder that stood for it.
 */
export class RunConnection {
  readonly alias: string;
  readonly access: ConnectionAccess;
  readonly #surroundings: ConnectionSurroundings;
  /** By value: what guest code may have seen in its place. */
  readonly #seen = new Map<string, EgressSecret>();
  /** The version that was renewed in vain: asking again would only spend tokens. */
  #futile: number | null = null;
  #usedAt = Number.NEGATIVE_INFINITY;

  constructor(alias: string, access: ConnectionAccess, surroundings: ConnectionSurroundings) {
    this.alias = alias;
    this.access = access;
    this.#surroundings = surroundings;
  }

  /** How requests are made right now. */
  async authorize(): Promise<Authorization> {
    const authorization = this.#learn(await this.access.authorize());
    const now = performance.now();
    if (now - this.#usedAt > USE_EVERY_MS) {
      this.#usedAt = now;
      this.#surroundings.onUse(this.access.connectionId);
    }
    return authorization;
  }

  /** The next credential after the provider said that this one ended; where there is none, why. */
  async renew(spent: Authorization): Promise<Renewed> {
    if (this.#futile === spent.version) {
      return REFUSED_ANEW;
    }
    const renewed = this.#learn(await this.access.renew(spent.version));
    return renewed.version === spent.version
      ? { next: null, why: renewed.unrenewed ?? null }
      : { next: renewed, why: null };
  }

  /** Remembers that a credential was renewed and refused all the same. */
  giveUpOn(authorization: Authorization): void {
    this.#futile = authorization.version;
  }

  /** What an action's path is below of. */
  baseUrlOf(authorization: Authorization, { http }: Action): string {
    const { connector, fields } = this.access;
    return http?.baseUrl === undefined
      ? authorization.baseUrl
      : resolveUrl(connector, http.baseUrl, { fields }).href.replace(/\/+$/, "");
  }

  /** Everything that it met so far. */
  knownSecrets(): readonly EgressSecret[] {
    return [...this.#seen.values()];
  }

  #learn(authorization: Authorization): Authorization {
    const { secrets } = authorization;
    for (const secret of secrets) {
      if (secret.value !== "" && !this.#seen.has(secret.value)) {
        this.#seen.set(secret.value, secret);
      }
    }
    this.#surroundings.learn(secrets, `[connection:${this.alias}]`);
    return { ...authorization, secrets: [...secrets, ...this.#echoes(secrets)] };
  }

  /** Placeholders that guest code may hold, such as in the address of a next page: they stand for today's values. */
  #echoes(secrets: readonly EgressSecret[]): EgressSecret[] {
    const own = new Set(secrets.map(({ placeholder }) => placeholder));
    const now = new Map(secrets.map((secret) => [secret.name, secret]));
    return [...this.#seen.values()]
      .filter(({ placeholder }) => !own.has(placeholder))
      .map((seen) => ({ ...(now.get(seen.name) ?? seen), placeholder: seen.placeholder }));
  }
}
