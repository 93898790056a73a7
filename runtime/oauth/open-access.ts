import { asOrganizationAtOnce } from "#runtime/db/tenant.ts";
import { NotFoundError, TenonError } from "#runtime/errors.ts";
import type { Authorization, ConnectionAccess } from "./access.ts";
import { authorizationOf } from "./authorization.ts";
import type { Courier } from "./courier.ts";
import type { Credential } from "./credential.ts";
import { expiresAt } from "./credential.ts";
import { persist } from "./persist.ts";
import { nowOf } from "./refresh-parts.ts";
import type { RefreshParts, RefreshResult } from "./refresh-parts.ts";
import { loadSubject } from "./refresh-subject.ts";
import type { Subject } from "./refresh-subject.ts";

/** What opening a connection takes. */
export type AccessParts = Pick<RefreshParts, "database" | "keyring" | "catalogue" | "log" | "now"> & {
  readonly courier: Pick<Courier, "refresh">;
};

/** A token that ends sooner is renewed first: the request that it is for has to arrive. */
const NEEDED_MS = 3_000;
/** Where it cannot be renewed right now, it is handed out up to this. Providers count in whole seconds. */
const LEAST_MS = 2_000;
/** A database that restarts is waited for. */
const READ_MS = 20_000;
/** Versions may pass while we look; not that many. */
const TRIES = 5;

/** Opens a connection for use. @throws NotFoundError */
export async function openAccess(
  parts: AccessParts,
  request: { readonly organizationId: string; readonly connectionId: string },
): Promise<ConnectionAccess> {
  const subject = await load(parts, request);
  const hand = new Hand(parts, subject);
  return {
    connectionId: subject.connectionId,
    connector: subject.connector,
    fields: subject.fields,
    authorize: async () => hand.authorize(),
    renew: async (version) => hand.renew(version),
  };
}

/** One holder of a connection: keeps it opened while its version stays, and looks each time whether it does. */
class Hand {
  readonly #parts: AccessParts;
  #subject: Subject;

  constructor(parts: AccessParts, subject: Subject) {
    this.#parts = parts;
    this.#subject = subject;
  }

  async authorize(): Promise<Authorization> {
    for (let tries = 0; ; tries += 1) {
      const subject = await this.#current();
      const left = (): number => leftOf(subject, nowOf(this.#parts));
      if (left() > atMost(NEEDED_MS, subject.credential)) {
        return this.#authorization(subject);
      }
      if (tries >= TRIES) {
        throw unavailable(subject, "Its tokens end faster than they are renewed.");
      }
      const result = await this.#refresh(subject.version);
      if ("message" in result && left() > atMost(LEAST_MS, subject.credential)) {
        return this.#authorization(subject);
      }
      if ("message" in result) {
        throw refusal(subject, result);
      }
    }
  }

  async renew(version: number): Promise<Authorization> {
    const result = await this.#refresh(version);
    if ("message" in result) {
      throw refusal(await this.#current(), result);
    }
    // The next version may be old too by now.
    const authorization = await this.authorize();
    return result.note === undefined ? authorization : { ...authorization, unrenewed: result.note };
  }

  async #refresh(spent: number): Promise<RefreshResult> {
    const { organizationId, connectionId } = this.#subject;
    return this.#parts.courier.refresh({ organizationId, connectionId, reason: "expired", spent });
  }

  /** The connection as it is now; opened anew only when something has changed. */
  async #current(): Promise<Subject> {
    const seen = await readState(this.#parts, this.#subject);
    if (seen.version !== this.#subject.version || seen.status !== this.#subject.status) {
      this.#subject = await load(this.#parts, this.#subject);
    }
    const subject = this.#subject;
    if (subject.status === "disconnected") {
      throw reauthorize(subject, "It was disconnected.");
    }
    return subject;
  }

  #authorization(subject: Subject): Authorization {
    const { connector, method, fields, credential, version, clientId } = subject;
    const app = clientId === null ? {} : { app: { clientId } };
    return authorizationOf({ connector, method, fields, credential, version, ...app });
  }
}

async function load(
  parts: AccessParts,
  where: { readonly organizationId: string; readonly connectionId: string },
): Promise<Subject> {
  return persist({ what: "the opening of a connection", forMs: READ_MS, log: parts.log }, async () =>
    loadSubject(parts, where),
  );
}

async function readState(
  parts: AccessParts,
  { organizationId, connectionId }: Subject,
): Promise<{ readonly version: number; readonly status: string }> {
  const [[row]] = await persist(
    { what: "a look at a connection", forMs: READ_MS, log: parts.log },
    async () =>
      asOrganizationAtOnce<[{ version: number; status: string }[]]>(parts.database, organizationId, (sql) => [
        sql<{ version: number; status: string }[]>`
          select c.version, n.status from credentials c
          join connections n on n.organization_id = c.organization_id and n.id = c.connection_id
          where c.organization_id = ${organizationId} and c.connection_id = ${connectionId}`,
      ]),
  );
  if (row === undefined) {
    throw new NotFoundError("connection", connectionId);
  }
  return row;
}

function leftOf({ credential, method }: Subject, now: number): number {
  // Made by a handler that has not run yet.
  if (method.type === "custom" && isEmpty(credential.tokens) && isEmpty(credential.token)) {
    return 0;
  }
  const end = expiresAt(credential);
  return end === null ? Infinity : end - now;
}

function isEmpty(record: object): boolean {
  return Object.keys(record).length === 0;
}

/** So many milliseconds, and less of a token that does not live long itself. */
function atMost(ms: number, credential: Credential): number {
  const lifetimes = Object.values(credential.tokens).flatMap(({ expiresAt: end, issuedAt }) =>
    end === null ? [] : [end - issuedAt],
  );
  return Math.max(0, Math.min(ms, ...lifetimes.map((lifetime) => (lifetime * ms) / (4 * NEEDED_MS))));
}

function refusal(subject: Subject, result: Extract<RefreshResult, { message: string }>): TenonError {
  if (result.status === "reauthorize") {
    return reauthorize(subject, result.message);
  }
  if (result.status === "app_misconfigured") {
    return new TenonError(
      "TENON_APP_MISCONFIGURED",
      "operator",
      503,
      `${titleOf(subject)} cannot be used: ${result.message} Ask whoever manages the organization's OAuth apps.`,
    );
  }
  return unavailable(subject, result.message);
}

function reauthorize(subject: Subject, reason: string): TenonError {
  return new TenonError(
    "TENON_CONNECTION_REAUTHORIZE",
    "caller",
    409,
    `${titleOf(subject)} cannot be used: ${reason} Ask its owner to reconnect it.`,
  );
}

function unavailable(subject: Subject, reason: string): TenonError {
  return new TenonError(
    "TENON_CONNECTION_UNAVAILABLE",
    "passing",
    503,
    `${titleOf(subject)} cannot be used at the moment: ${reason} Try again later.`,
  );
}

function titleOf({ name, connector }: Subject): string {
  return `The connection "${name}" (${connector.slug})`;
}
