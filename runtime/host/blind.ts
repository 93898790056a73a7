import type { EgressSecret } from "#runtime/egress/fetch.ts";
import { matchesHost } from "#runtime/egress/policy.ts";
import type { Redactor } from "#runtime/vault/redact.ts";
import type { Redaction } from "#runtime/vault/spans.ts";
import { GrowingRedactor } from "./growing-redactor.ts";

/** The redactor of an origin's answers: what it may have is decided by the origin, now and for what is learnt later. */
interface Bound {
  readonly url: URL;
  readonly redactor: GrowingRedactor;
}

/** Origins that are kept in mind; an answer under way of a forgotten one learns nothing more. */
const MAX_ORIGINS = 1_000;

/** Puts placeholders where real values come back from outside, and learns values while the run goes on. */
export class Blind {
  readonly #all = new GrowingRedactor([]);
  readonly #secrets: EgressSecret[] = [];
  readonly #known = new Set<string>();
  /** By origin, the least recently asked first. */
  readonly #bound = new Map<string, Bound>();

  constructor(secrets: readonly EgressSecret[]) {
    this.learn(secrets);
  }

  learn(secrets: readonly EgressSecret[]): void {
    for (const secret of secrets) {
      const key = JSON.stringify([secret.value, secret.hosts]);
      if (!this.#known.has(key)) {
        this.#known.add(key);
        this.#add(secret);
      }
    }
  }

  #add(secret: EgressSecret): void {
    this.#secrets.push(secret);
    this.#all.learn([redaction(secret)]);
    for (const { url, redactor } of this.#bound.values()) {
      redactor.learn(mayHave(url, secret) ? [redaction(secret)] : []);
    }
  }

  text(text: string): string {
    return this.#all.text(text);
  }

  json(value: unknown): unknown {
    return this.#all.json(value);
  }

  /**
   * For the body of an answer of `url`. What may be the beginning of a value is held back, which whoever writes the
   * body and reads it again can see: no other value is sought than those that the host may have anyway.
   */
  stream(url: string): ReturnType<Redactor["stream"]> {
    const from = new URL(url);
    const known = this.#bound.get(from.origin) ?? { url: from, redactor: this.#redactorFor(from) };
    this.#bound.delete(from.origin);
    this.#bound.set(from.origin, known);
    const [oldest] = this.#bound.keys();
    if (this.#bound.size > MAX_ORIGINS && oldest !== undefined) {
      this.#bound.delete(oldest);
    }
    return known.redactor.stream();
  }

  #redactorFor(url: URL): GrowingRedactor {
    return new GrowingRedactor(this.#secrets.filter((secret) => mayHave(url, secret)).map(redaction));
  }
}

function redaction({ value, placeholder }: EgressSecret): Redaction {
  return { value, replacement: placeholder };
}

function mayHave(url: URL, { hosts }: EgressSecret): boolean {
  return hosts.some((pattern) => matchesHost(pattern, url));
}
