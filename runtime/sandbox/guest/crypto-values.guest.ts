import { asDictionary, asDomString } from "./define-interface.guest.ts";
import { DOMException } from "./dom-exception.guest.ts";
import { create, NativeTypeError } from "./primordials.guest.ts";

const USAGES = [
  "encrypt",
  "decrypt",
  "sign",
  "verify",
  "deriveKey",
  "deriveBits",
  "wrapKey",
  "unwrapKey",
] as const;
const FORMATS = ["raw", "pkcs8", "spki", "jwk"] as const;
/** The members of a JsonWebKey (Web Cryptography, section 15), but those of keys with more than two primes. */
const JWK = "alg crv d dp dq e k kty n p q qi use x y".split(" ");

/** Longer names, and longer lists of them, are none that WebCrypto knows; the process takes no such words. */
export const MAX_NAME = 100;
const MAX_NAMES = 100;

/** `sequence<KeyUsage>`, each usage once. */
export function keyUsages(given: unknown): string[] {
  const names: string[] = [];
  for (const name of strings(given, "The key usages")) {
    const usage = USAGES.find((known) => known === name);
    if (usage === undefined) {
      throw new NativeTypeError(`"${name}" is no key usage.`);
    }
    if (!names.includes(usage)) {
      names.push(usage);
    }
  }
  return names;
}

/** `KeyFormat`. */
export function keyFormat(given: unknown): (typeof FORMATS)[number] {
  const name = asDomString(given);
  const format = FORMATS.find((known) => known === name);
  if (format === undefined) {
    throw new NativeTypeError(`"${name}" is no key format.`);
  }
  return format;
}

/** The members of a JSON Web Key, read once. */
export function readJwk(given: unknown): object {
  if (given === null || given === undefined) {
    throw new NativeTypeError("The key data must be a JsonWebKey.");
  }
  const source = asDictionary(given, "The key data");
  const jwk = create(null) as Record<string, unknown>;
  for (const name of JWK) {
    const value = source[name];
    if (value !== undefined) {
      jwk[name] = asDomString(value);
    }
  }
  if (source["ext"] !== undefined) {
    jwk["ext"] = Boolean(source["ext"]);
  }
  if (source["key_ops"] !== undefined) {
    const uses = strings(source["key_ops"], "key_ops");
    if (uses.length > MAX_NAMES || uses.some((use) => use.length > MAX_NAME)) {
      throw new DOMException("The key's key_ops are not what a key is used for.", "DataError");
    }
    jwk["key_ops"] = uses;
  }
  return jwk;
}

function strings(given: unknown, what: string): string[] {
  if (typeof given !== "object" || given === null || !(Symbol.iterator in given)) {
    throw new NativeTypeError(`${what} must be a list.`);
  }
  const list: string[] = [];
  for (const one of given as Iterable<unknown>) {
    list.push(asDomString(one));
  }
  return list;
}
