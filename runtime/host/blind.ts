import type { EgressSecret } from "#runtime/egress/fetch.ts";
import { matchesHost } from "#runtime/egress/policy.ts";
import type { Redactor } from "#runtime/vault/redact.ts";
import type { Redaction } from "#runtime/vault/spans.ts";
import { GrowingRedactor } from "./growing-redactor.ts";

/** The redactor of answers that may hold the same secrets. */
interface Bound {
  readonly url: URL;
  readonly redactor: GrowingRedactor;
}

/** Puts placeholders where real values come back from outside, and learns values while the run goes on. */
export class Blind {
  readonly #all = new GrowingRedactor([]);
  readonly #secrets: EgressSecret[] = [];
  readonly #known = new Set<string>();
  /** By which of the secrets they are. */
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
    const bound = this.#secrets.filter((secret) => mayHave(from, secret));
    const key = bound.map((secret) => this.#secrets.indexOf(secret)).join();
    const known = this.#bound.get(key) ?? { url: from, redactor: new GrowingRedactor(bound.map(redaction)) };
    this.#bound.set(key, known);
    return known.redactor.stream();
  }
}

function redaction({ value, placeholder }: EgressSecret): Redaction {
  return { value, replacement: placeholder };
}

function mayHave(url: URL, { hosts }: EgressSecret): boolean {
  return hosts.some((pattern) => matchesHost(pattern, url));
}
