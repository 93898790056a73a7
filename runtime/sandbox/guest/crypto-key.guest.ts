import { checkBrand, defineInterface, notConstructible } from "./define-interface.guest.ts";
import { bytesFromBase64, create, defineProperty } from "./primordials.guest.ts";

/** What the process says of an algorithm that a key was made for. */
interface KnownAlgorithm {
  readonly name: string;
  readonly hash?: string;
  readonly namedCurve?: string;
  readonly length?: number;
  readonly modulusLength?: number;
  /** Base64. */
  readonly publicExponent?: string;
}

/** A key as the process tells it, and as it wants to be told. */
export interface KeyFacts {
  readonly type: "secret" | "private" | "public";
  readonly extractable: boolean;
  readonly usages: readonly string[];
  readonly algorithm: KnownAlgorithm;
  /** Base64 of its raw, PKCS #8 or SPKI form, by its type. */
  readonly material: string;
}

let making: KeyFacts | null = null;
let facts: (key: CryptoKey) => KeyFacts;
let isOne: (value: unknown) => value is CryptoKey;

/** CryptoKey (Web Cryptography, section 13): its bytes are in this isolate, where only this class reaches them. */
export class CryptoKey {
  readonly #facts: KeyFacts;
  readonly #algorithm: object;
  readonly #usages: string[];

  static {
    facts = (key) => key.#facts;
    isOne = (value): value is CryptoKey => typeof value === "object" && value !== null && #facts in value;
  }

  constructor() {
    if (making === null) {
      notConstructible();
    }
    this.#facts = making;
    this.#algorithm = shownAlgorithm(making.algorithm);
    this.#usages = [...making.usages];
    making = null;
  }

  get type(): string {
    checkBrand(#facts in this);
    return this.#facts.type;
  }

  get extractable(): boolean {
    checkBrand(#facts in this);
    return this.#facts.extractable;
  }

  get algorithm(): object {
    checkBrand(#facts in this);
    return this.#algorithm;
  }

  get usages(): string[] {
    checkBrand(#facts in this);
    return this.#usages;
  }
}
defineInterface(CryptoKey);

/** What `key.algorithm` shows (section 13.4): plain objects, the same each time. */
function shownAlgorithm(known: KnownAlgorithm): object {
  const shown: Record<string, unknown> = {};
  const show = (name: string, value: unknown): void => {
    defineProperty(shown, name, { value, configurable: true, enumerable: true, writable: true });
  };
  show("name", known.name);
  for (const name of ["modulusLength", "namedCurve", "length"] as const) {
    if (known[name] !== undefined) {
      show(name, known[name]);
    }
  }
  if (known.publicExponent !== undefined) {
    show("publicExponent", bytesFromBase64(known.publicExponent));
  }
  if (known.hash !== undefined) {
    show("hash", { name: known.hash });
  }
  return shown;
}

/** A key that the process made or read. */
export function makeKey(known: KeyFacts): CryptoKey {
  making = known;
  return new CryptoKey();
}

/** Whether a value is a key of this isolate. */
export function isCryptoKey(value: unknown): value is CryptoKey {
  return isOne(value);
}

/** What the process must be told of a key, without what it can tell from the key itself. */
export function factsOf(key: CryptoKey): object {
  const { type, extractable, usages, algorithm, material } = facts(key);
  const { name, hash, namedCurve, length } = algorithm;
  const told = create(null) as Record<string, unknown>;
  told["name"] = name;
  told["hash"] = hash;
  told["namedCurve"] = namedCurve;
  // The length of an HMAC key is that of its bytes; AES takes it from them.
  told["length"] = name === "HMAC" ? length : undefined;
  return { __proto__: null, type, extractable, usages, algorithm: told, material };
}
