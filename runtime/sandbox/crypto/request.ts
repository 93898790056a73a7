import type { webcrypto } from "node:crypto";
import * as z from "zod/mini";
import { MAX_POST_CHARS } from "../wire.ts";

/**
 * What the prelude may ask of this process's WebCrypto. Keys come with every request, as the bytes that the guest
 * holds: nothing is remembered here, and nothing here has a power that a workflow lacks.
 */

/** The most bytes that one job takes. */
export const MAX_DATA_BYTES = 10 * 1024 * 1024;
const MAX_NUMBER = 2 ** 32;

/** Bytes in base64; `MAX_DATA_BYTES` is checked where the guest can be told. */
const bytes = z.string().check(z.maxLength(MAX_POST_CHARS));
const usages = z
  .array(z.enum(["encrypt", "decrypt", "sign", "verify", "deriveKey", "deriveBits", "wrapKey", "unwrapKey"]))
  .check(z.maxLength(8));
const hash = z.enum(["SHA-1", "SHA-256", "SHA-384", "SHA-512"]);
const name = z.enum([
  "AES-CBC",
  "AES-CTR",
  "AES-GCM",
  "AES-KW",
  "ECDH",
  "ECDSA",
  "Ed25519",
  "Ed448",
  "HKDF",
  "HMAC",
  "PBKDF2",
  "RSA-OAEP",
  "RSA-PSS",
  "RSASSA-PKCS1-v1_5",
  "SHA-1",
  "SHA-256",
  "SHA-384",
  "SHA-512",
  "X25519",
  "X448",
]);
const format = z.enum(["raw", "pkcs8", "spki", "jwk"]);
const number = z.int().check(z.minimum(0), z.maximum(MAX_NUMBER));

const key = z.strictObject({
  type: z.enum(["secret", "private", "public"]),
  extractable: z.boolean(),
  usages,
  algorithm: z.strictObject({
    name,
    hash: z.optional(hash),
    namedCurve: z.optional(z.string().check(z.maxLength(20))),
    length: z.optional(number),
  }),
  /** Raw, PKCS #8 or SPKI, by its type. */
  material: bytes,
});
export type KeyOfGuest = z.infer<typeof key>;

/** Every member that an algorithm of ours may have; WebCrypto itself says which of them it wants. */
const algorithm = z.strictObject({
  name,
  hash: z.optional(hash),
  namedCurve: z.optional(z.string().check(z.maxLength(100))),
  length: z.optional(number),
  modulusLength: z.optional(number),
  publicExponent: z.optional(bytes),
  iv: z.optional(bytes),
  additionalData: z.optional(bytes),
  tagLength: z.optional(number),
  counter: z.optional(bytes),
  label: z.optional(bytes),
  saltLength: z.optional(number),
  salt: z.optional(bytes),
  info: z.optional(bytes),
  context: z.optional(bytes),
  iterations: z.optional(number),
  public: z.optional(key),
});
export type AlgorithmOfGuest = z.infer<typeof algorithm>;

/** The members of a JSON Web Key that WebCrypto reads (RFC 7517, RFC 7518 §6). */
const jwkText = z.optional(z.string().check(z.maxLength(MAX_POST_CHARS)));
const jwk = z.strictObject({
  kty: jwkText,
  use: jwkText,
  key_ops: z.optional(z.array(z.string().check(z.maxLength(100))).check(z.maxLength(100))),
  alg: jwkText,
  ext: z.optional(z.boolean()),
  crv: jwkText,
  x: jwkText,
  y: jwkText,
  d: jwkText,
  n: jwkText,
  e: jwkText,
  p: jwkText,
  q: jwkText,
  dp: jwkText,
  dq: jwkText,
  qi: jwkText,
  k: jwkText,
});

const id = z.int().check(z.positive());
const made = { algorithm, extractable: z.boolean(), usages };

/** One job. */
export const cryptoRequest = z.discriminatedUnion("op", [
  z.strictObject({ id, op: z.literal("digest"), algorithm, data: bytes }),
  z.strictObject({ id, op: z.enum(["encrypt", "decrypt", "sign"]), algorithm, key, data: bytes }),
  z.strictObject({ id, op: z.literal("verify"), algorithm, key, signature: bytes, data: bytes }),
  z.strictObject({ id, op: z.literal("deriveBits"), algorithm, key, length: z.nullable(number) }),
  z.strictObject({ id, op: z.literal("deriveKey"), algorithm, key, made: z.strictObject(made) }),
  z.strictObject({ id, op: z.literal("generateKey"), made: z.strictObject(made) }),
  z.strictObject({
    id,
    op: z.literal("importKey"),
    format,
    data: z.union([bytes, jwk]),
    made: z.strictObject(made),
  }),
  z.strictObject({ id, op: z.literal("exportKey"), format, key }),
  z.strictObject({ id, op: z.literal("wrapKey"), format, key, wrappingKey: key, algorithm }),
  z.strictObject({
    id,
    op: z.literal("unwrapKey"),
    format,
    data: bytes,
    key,
    algorithm,
    made: z.strictObject(made),
  }),
]);
export type CryptoRequest = z.infer<typeof cryptoRequest>;

/** What a job came to; the guest reads this. */
export type CryptoAnswer =
  | { readonly bytes: string }
  | { readonly flag: boolean }
  | { readonly jwk: webcrypto.JsonWebKey }
  | { readonly key: KeyAnswer }
  | { readonly pair: { readonly publicKey: KeyAnswer; readonly privateKey: KeyAnswer } }
  | { readonly error: { readonly name: string; readonly message: string } };

/** A key as the guest keeps it. */
export interface KeyAnswer {
  readonly type: string;
  readonly extractable: boolean;
  readonly usages: readonly string[];
  readonly algorithm: {
    readonly name: string;
    readonly hash?: string;
    readonly namedCurve?: string;
    readonly length?: number;
    readonly modulusLength?: number;
    /** Base64. */
    readonly publicExponent?: string;
  };
  readonly material: string;
}
