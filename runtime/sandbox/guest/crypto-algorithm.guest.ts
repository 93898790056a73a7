import { writeBase64 } from "./crypto-bytes.guest.ts";
import { factsOf, isCryptoKey } from "./crypto-key.guest.ts";
import { MAX_NAME } from "./crypto-values.guest.ts";
import { asDomString } from "./define-interface.guest.ts";
import { DOMException } from "./dom-exception.guest.ts";
import { create, floor, hasOwn, NativeBytes, NativeTypeError, upperCase } from "./primordials.guest.ts";

/** An operation of Web Cryptography, section 18.2.2, that algorithms are registered for. */
export type Operation =
  "digest" | "generateKey" | "importKey" | "sign" | "encrypt" | "deriveBits" | "wrapKey" | "getKeyLength";

type Kind = "bytes" | "exponent" | "byte" | "short" | "long" | "hash" | "curve" | "key";
/** Name, kind, and whether it must be there. */
type Member = readonly [name: string, kind: Kind, required?: true];

/** An algorithm with its members read, in the order of Web IDL: bytes in base64, a hash by its name. */
export interface Normalized {
  readonly name: string;
  readonly [member: string]: unknown;
}

const HASH: Member = ["hash", "hash", true];
const CURVE: Member = ["namedCurve", "curve", true];
const IV: Member = ["iv", "bytes", true];
const PUBLIC: readonly Member[] = [["public", "key", true]];
const NEW_RSA: readonly Member[] = [
  ["modulusLength", "long", true],
  ["publicExponent", "exponent", true],
  HASH,
];
const NEW_AES: readonly Member[] = [["length", "short", true]];
const HMAC: readonly Member[] = [HASH, ["length", "long"]];
const AES = <Value>(value: Value): Readonly<Record<string, Value>> => ({
  "AES-CBC": value,
  "AES-CTR": value,
  "AES-GCM": value,
  "AES-KW": value,
});
const RSA = <Value>(value: Value): Readonly<Record<string, Value>> => ({
  "RSASSA-PKCS1-v1_5": value,
  "RSA-PSS": value,
  "RSA-OAEP": value,
});
const CURVES = { ECDSA: [CURVE], ECDH: [CURVE], Ed25519: [], Ed448: [], X25519: [], X448: [] };

/** What each operation knows, and what an algorithm says to it. */
const REGISTERED: Readonly<Record<Operation, Readonly<Record<string, readonly Member[]>>>> = {
  digest: { "SHA-1": [], "SHA-256": [], "SHA-384": [], "SHA-512": [] },
  generateKey: { ...RSA(NEW_RSA), ...AES(NEW_AES), ...CURVES, HMAC },
  importKey: { ...RSA([HASH]), ...AES([]), ...CURVES, HMAC, HKDF: [], PBKDF2: [] },
  sign: {
    "RSASSA-PKCS1-v1_5": [],
    "RSA-PSS": [["saltLength", "long", true]],
    ECDSA: [HASH],
    Ed25519: [],
    Ed448: [["context", "bytes"]],
    HMAC: [],
  },
  encrypt: {
    "RSA-OAEP": [["label", "bytes"]],
    "AES-CTR": [
      ["counter", "bytes", true],
      ["length", "byte", true],
    ],
    "AES-CBC": [IV],
    "AES-GCM": [["additionalData", "bytes"], IV, ["tagLength", "byte"]],
  },
  deriveBits: {
    ECDH: PUBLIC,
    X25519: PUBLIC,
    X448: PUBLIC,
    HKDF: [HASH, ["info", "bytes", true], ["salt", "bytes", true]],
    PBKDF2: [HASH, ["iterations", "long", true], ["salt", "bytes", true]],
  },
  wrapKey: { "AES-KW": [] },
  getKeyLength: { ...AES(NEW_AES), HMAC, HKDF: [], PBKDF2: [] },
};

/** Normalizes an algorithm (Web Cryptography, section 18.4.4). */
export function normalize(operation: Operation, given: unknown): Normalized {
  const isObject = (typeof given === "object" && given !== null) || typeof given === "function";
  const source = (isObject ? given : { __proto__: null }) as Record<string, unknown>;
  const called = isObject ? source["name"] : given;
  if (isObject && called === undefined) {
    throw new NativeTypeError("An algorithm needs a name.");
  }
  const name = registeredName(operation, asDomString(called));
  const normalized = create(null) as Record<string, unknown> & { name: string };
  normalized.name = name;
  for (const [member, kind, required] of REGISTERED[operation][name] ?? []) {
    const value = source[member];
    if (value !== undefined) {
      normalized[member] = read(value, kind, member);
    } else if (required) {
      throw new NativeTypeError(`The algorithm ${name} needs ${member}.`);
    }
  }
  return normalized;
}

function registeredName(operation: Operation, given: string): string {
  const wanted = upperCase(given);
  for (const known in REGISTERED[operation]) {
    if (hasOwn(REGISTERED[operation], known) && upperCase(known) === wanted) {
      return known;
    }
  }
  throw new DOMException(`Unrecognized algorithm name: ${given}`, "NotSupportedError");
}

function read(value: unknown, kind: Kind, member: string): unknown {
  switch (kind) {
    case "bytes":
      return writeBase64(value, member);
    case "exponent":
      if (!(value instanceof NativeBytes)) {
        throw new NativeTypeError(`${member} must be a Uint8Array.`);
      }
      return writeBase64(value, member);
    case "byte":
      return enforceRange(value, 0xff, member);
    case "short":
      return enforceRange(value, 0xffff, member);
    case "long":
      return enforceRange(value, 0xffff_ffff, member);
    case "hash":
      return normalize("digest", value).name;
    case "curve":
      return curveName(value);
    case "key":
    default:
      if (!isCryptoKey(value)) {
        throw new NativeTypeError(`${member} must be a CryptoKey.`);
      }
      return factsOf(value);
  }
}

function curveName(value: unknown): string {
  const name = asDomString(value);
  if (name.length > MAX_NAME) {
    throw new DOMException("There is no curve of so long a name.", "NotSupportedError");
  }
  return name;
}

/** `[EnforceRange]` (Web IDL, section 3.3.6). */
export function enforceRange(value: unknown, most: number, what: string): number {
  const given = Number(value);
  const whole = given < 0 ? -floor(-given) : floor(given);
  if (!(whole >= 0 && whole <= most)) {
    throw new NativeTypeError(`${what} is out of range.`);
  }
  return whole + 0;
}
