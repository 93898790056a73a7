import { toText } from "./primordials.guest.ts";
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** What a Headers object can be made of. */
export type HeadersInput = Headers | Iterable<readonly [string, string]> | Readonly<Record<string, string>>;

/** Headers (Fetch, section 5.1). */
export class Headers {
  readonly #values = new Map<string, string[]>();

  constructor(init?: HeadersInput) {
    if (init === undefined || init === null) {
      return;
    }
    const pairs = Symbol.iterator in init ? init : Object.entries(init);
    for (const pair of pairs) {
      const [name, value, ...rest] = [...pair];
      if (name === undefined || value === undefined || rest.length > 0) {
        throw new TypeError("Each header must be a pair of name and value.");
      }
      this.append(name, value);
    }
  }

  append(name: string, value: string): void {
    const key = normal(name);
    this.#values.set(key, [...(this.#values.get(key) ?? []), cleaned(value)]);
  }

  set(name: string, value: string): void {
    this.#values.set(normal(name), [cleaned(value)]);
  }

  get(name: string): string | null {
    return this.#values.get(normal(name))?.join(", ") ?? null;
  }

  has(name: string): boolean {
    return this.#values.has(normal(name));
  }

  delete(name: string): void {
    this.#values.delete(normal(name));
  }

  getSetCookie(): string[] {
    return [...(this.#values.get("set-cookie") ?? [])];
  }

  forEach(callback: (value: string, name: string, headers: Headers) => void, self?: unknown): void {
    for (const [name, value] of this) {
      callback.call(self, value, name, this);
    }
  }

  *entries(): IterableIterator<[string, string]> {
    for (const name of [...this.#values.keys()].sort()) {
      const values = this.#values.get(name) ?? [];
      // Set-Cookie is the one header whose values must not be joined.
      for (const value of name === "set-cookie" ? values : [values.join(", ")]) {
        yield [name, value];
      }
    }
  }

  *keys(): IterableIterator<string> {
    for (const [name] of this.entries()) {
      yield name;
    }
  }

  *values(): IterableIterator<string> {
    for (const [, value] of this.entries()) {
      yield value;
    }
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }

  get [Symbol.toStringTag](): string {
    return "Headers";
  }
}

function normal(name: string): string {
  const given = toText(name);
  if (!NAME.test(given)) {
    throw new TypeError(`"${given.slice(0, 100)}" is not a header name.`);
  }
  return given.toLowerCase();
}

function cleaned(value: string): string {
  const given = toText(value).replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, "");
  if (/[\0\n\r]/.test(given) || /[^\0-\xff]/.test(given)) {
    throw new TypeError("A header value must be one line of Latin-1 text.");
  }
  return given;
}
