import type { EgressSecret } from "#runtime/egress/fetch.ts";
import { randomHex } from "#runtime/ids.ts";

/**
 * What a custom auth handler works with, blind: it sees placeholders of the connection's secret fields, and of the
 * tokens that it has the host seal out of answers.
 */
export class Sealing {
  /** What the handler's `ctx` shows: plain fields as they are, secret ones as placeholders. */
  readonly shown: {
    readonly fields: Readonly<Record<string, string>>;
    readonly previous: Readonly<Record<string, string>>;
  };
  readonly #hosts: readonly string[];
  readonly #sealed = new Map<string, EgressSecret>();

  constructor(options: {
    readonly hosts: readonly string[];
    readonly fields: Readonly<Record<string, string>>;
    readonly previous: Readonly<Record<string, string>>;
  }) {
    this.#hosts = options.hosts;
    this.shown = { fields: options.fields, previous: options.previous };
  }

  /** Keeps a value of an answer back; what stands for it inside. */
  seal(name: string, value: string): EgressSecret {
    const known = [...this.#sealed.values()].find((secret) => secret.value === value);
    if (known !== undefined) {
      return known;
    }
    const placeholder = `tncred_${randomHex(16)}`;
    const secret = { name: `sealed ${name}`, value, placeholder, hosts: this.#hosts, reveal: false };
    this.#sealed.set(placeholder, secret);
    return secret;
  }

  /** What was kept back so far: later requests of the handler may carry it. */
  secrets(): readonly EgressSecret[] {
    return [...this.#sealed.values()];
  }
}
