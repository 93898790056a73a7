import { asDomString, defineInterface, requireArguments } from "./define-interface.guest.ts";
import { definePairs } from "./pairs.guest.ts";
import { toText } from "./primordials.guest.ts";

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

type Pair = readonly [string, string];

interface HeadersAccess {
  /** The pairs of an object as `fetch` sends them: sorted, joined by name; undefined for what is no Headers. */
  pairsOf(headers: object): readonly Pair[] | undefined;
  /** Headers that guest code cannot change, or can. */
  create(pairs: readonly Pair[], immutable: boolean): Headers;
}

/** What the product's files do with headers. */
export let headersAccess: HeadersAccess;

/** Headers (Fetch, section 5.1), with no names that are forbidden: this is a server. */
export class Headers {
  /** By name in lower case; the values in the order in which they came. */
  readonly #values = new Map<string, string[]>();
  #immutable = false;
  #sorted: readonly Pair[] | null = null;

  static {
    headersAccess = {
      pairsOf: (headers) => (#values in headers ? (headers.#sorted ??= headers.#sort()) : undefined),
      create: (pairs, immutable) => {
        const headers = new Headers();
        for (const [name, value] of pairs) {
          headers.#add(name.toLowerCase(), value);
        }
        headers.#immutable = immutable;
        return headers;
      },
    };
  }

  constructor(init?: unknown) {
    if (init !== undefined) {
      for (const [name, value] of readInit(init)) {
        this.#add(normalName(name), normalValue(value));
      }
    }
  }

  append(name: unknown, value: unknown): void {
    requireArguments(arguments.length, 2, "Headers.append");
    const [key, normal] = [normalName(asByteString(name)), normalValue(asByteString(value))];
    this.#change();
    this.#add(key, normal);
  }

  delete(name: unknown): void {
    requireArguments(arguments.length, 1, "Headers.delete");
    const key = normalName(asByteString(name));
    this.#change();
    this.#values.delete(key);
  }

  get(name: unknown): string | null {
    requireArguments(arguments.length, 1, "Headers.get");
    return this.#values.get(normalName(asByteString(name)))?.join(", ") ?? null;
  }

  getSetCookie(): string[] {
    return [...(this.#values.get("set-cookie") ?? [])];
  }

  has(name: unknown): boolean {
    requireArguments(arguments.length, 1, "Headers.has");
    return this.#values.has(normalName(asByteString(name)));
  }

  set(name: unknown, value: unknown): void {
    requireArguments(arguments.length, 2, "Headers.set");
    const [key, normal] = [normalName(asByteString(name)), normalValue(asByteString(value))];
    this.#change();
    this.#values.set(key, [normal]);
  }

  #add(name: string, value: string): void {
    const known = this.#values.get(name);
    if (known === undefined) {
      this.#values.set(name, [value]);
    } else {
      known.push(value);
    }
  }

  #change(): void {
    if (this.#immutable) {
      throw new TypeError(
        "These headers cannot be changed: they are those of a response that came, or of an error.",
      );
    }
    this.#sorted = null;
  }

  /** Sort and combine (Fetch, section 2.2.2): Set-Cookie is the one header whose values must not be joined. */
  #sort(): readonly Pair[] {
    const names = [...this.#values.keys()].sort();
    return names.flatMap((name): Pair[] => {
      const values = this.#values.get(name) ?? [];
      return name === "set-cookie" ? values.map((value) => [name, value]) : [[name, values.join(", ")]];
    });
  }
}

defineInterface(Headers, { name: "Headers", length: 0 });
definePairs(Headers, (owner) => headersAccess.pairsOf(owner));

/** The pairs that an init dictionary or sequence says, as ByteStrings. */
function readInit(init: unknown): readonly Pair[] {
  if ((typeof init !== "object" && typeof init !== "function") || init === null) {
    throw new TypeError("Headers are made of an object, or of pairs of name and value.");
  }
  const iterate: unknown = (init as { readonly [Symbol.iterator]?: unknown })[Symbol.iterator];
  if (iterate === undefined || iterate === null) {
    return readRecord(init);
  }
  return [...(init as Iterable<unknown>)].map((pair): Pair => {
    if (typeof pair !== "object" || pair === null || !(Symbol.iterator in pair)) {
      throw new TypeError("Each header must be a pair of name and value.");
    }
    const [name, value, ...rest] = [...(pair as Iterable<unknown>)];
    if (value === undefined || rest.length > 0) {
      throw new TypeError("Each header must be a pair of name and value.");
    }
    return [asByteString(name), asByteString(value)];
  });
}

function readRecord(record: object): readonly Pair[] {
  const pairs = new Map<string, string>();
  for (const key of Reflect.ownKeys(record)) {
    if (Reflect.getOwnPropertyDescriptor(record, key)?.enumerable === true) {
      const name = asByteString(key);
      pairs.set(name, asByteString((record as Readonly<Record<PropertyKey, unknown>>)[key]));
    }
  }
  return [...pairs];
}

/** A ByteString (Web IDL, section 3.2.11). */
function asByteString(value: unknown): string {
  const given = asDomString(value);
  if (/[^\0-\xff]/.test(given)) {
    throw new TypeError("A header holds a character beyond Latin-1.");
  }
  return given;
}

function normalName(name: string): string {
  if (!NAME.test(name)) {
    throw new TypeError(`"${toText(name).slice(0, 100)}" is not a header name.`);
  }
  return name.toLowerCase();
}

function normalValue(value: string): string {
  const given = value.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, "");
  if (/[\0\n\r]/.test(given)) {
    throw new TypeError("A header value must be one line.");
  }
  return given;
}
