import { toText } from "./primordials.guest.ts";
/** URLSearchParams (URL Standard, section 6.2). */
export class URLSearchParams {
  #pairs: [string, string][] = [];
  #changed: (search: string) => void = () => {
    // Set when a URL owns these parameters.
  };

  constructor(
    init:
      string | URLSearchParams | Iterable<readonly [string, string]> | Readonly<Record<string, string>> = "",
  ) {
    if (typeof init === "string") {
      this.#pairs = parseForm(init);
    } else if (typeof init === "object" && init !== null) {
      const pairs = Symbol.iterator in init ? [...init] : Object.entries(init);
      this.#pairs = pairs.map(([name, value]) => [toText(name), toText(value)]);
    }
  }

  /** For URL: hears of every change. */
  static bind(params: URLSearchParams, changed: (search: string) => void): void {
    params.#changed = changed;
  }

  /** For URL: takes over a query that was set there. */
  static replace(params: URLSearchParams, search: string): void {
    params.#pairs = parseForm(search);
  }

  get size(): number {
    return this.#pairs.length;
  }

  append(name: string, value: string): void {
    this.#pairs.push([toText(name), toText(value)]);
    this.#changed(this.toString());
  }

  set(name: string, value: string): void {
    const at = this.#pairs.findIndex(([key]) => key === toText(name));
    const pair: [string, string] = [toText(name), toText(value)];
    this.#pairs = this.#pairs.filter(([key], index) => key !== toText(name) || index === at);
    if (at < 0) {
      this.#pairs.push(pair);
    } else {
      this.#pairs[at] = pair;
    }
    this.#changed(this.toString());
  }

  get(name: string): string | null {
    return this.#pairs.find(([key]) => key === toText(name))?.[1] ?? null;
  }

  getAll(name: string): string[] {
    return this.#pairs.filter(([key]) => key === toText(name)).map(([, value]) => value);
  }

  has(name: string, value?: string): boolean {
    return this.#pairs.some(
      ([key, held]) => key === toText(name) && (value === undefined || held === toText(value)),
    );
  }

  delete(name: string, value?: string): void {
    this.#pairs = this.#pairs.filter(
      ([key, held]) => key !== toText(name) || (value !== undefined && held !== toText(value)),
    );
    this.#changed(this.toString());
  }

  sort(): void {
    this.#pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    this.#changed(this.toString());
  }

  forEach(callback: (value: string, name: string, params: URLSearchParams) => void, self?: unknown): void {
    for (const [name, value] of this) {
      callback.call(self, value, name, this);
    }
  }

  *entries(): IterableIterator<[string, string]> {
    for (const [name, value] of this.#pairs) {
      yield [name, value];
    }
  }

  *keys(): IterableIterator<string> {
    for (const [name] of this.#pairs) {
      yield name;
    }
  }

  *values(): IterableIterator<string> {
    for (const [, value] of this.#pairs) {
      yield value;
    }
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }

  toString(): string {
    return this.#pairs.map(([name, value]) => `${formEncoded(name)}=${formEncoded(value)}`).join("&");
  }
}

function formEncoded(value: string): string {
  return encodeURIComponent(value.toWellFormed())
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%20", "+");
}

function parseForm(query: string): [string, string][] {
  return query
    .replace(/^\?/, "")
    .split("&")
    .filter((part) => part !== "")
    .map((part) => {
      const at = part.indexOf("=");
      return [formDecoded(at < 0 ? part : part.slice(0, at)), formDecoded(at < 0 ? "" : part.slice(at + 1))];
    });
}

function formDecoded(value: string): string {
  return value.replaceAll("+", " ").replace(/(%[0-9a-f]{2})+/gi, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded
        .replace(/(%[0-7][0-9a-f])/gi, (byte) => decodeURIComponent(byte))
        .replace(/%[89a-f][0-9a-f]/gi, "\ufffd");
    }
  });
}
