import { webcrypto } from "node:crypto";
import { algorithmOf, answerOfKey, base64, importOfGuest } from "./keys.ts";
import {
  BeyondLimit,
  boundAlgorithm,
  boundBits,
  boundData,
  boundKeyBytes,
  boundRsa,
  boundRounds,
} from "./limits.ts";
import type { CryptoAnswer, CryptoRequest } from "./request.ts";

const { subtle } = webcrypto;
type Of<Op extends CryptoRequest["op"]> = Extract<CryptoRequest, { op: Op }>;

/** The names of errors that WebCrypto has; what else goes wrong is an `OperationError`. */
const NAMES = new Set([
  "DataError",
  "InvalidAccessError",
  "NotSupportedError",
  "OperationError",
  "SyntaxError",
  "TypeError",
]);

/** Does one job. What goes wrong is an answer too. */
export async function perform(request: CryptoRequest): Promise<CryptoAnswer> {
  try {
    return await performed(request);
  } catch (error) {
    const known = error instanceof BeyondLimit || error instanceof DOMException || error instanceof TypeError;
    const name = known && NAMES.has(error.name) ? error.name : "OperationError";
    const message = known ? error.message.slice(0, 1_000) : "The operation failed";
    return { error: { name, message } };
  }
}

async function performed(request: CryptoRequest): Promise<CryptoAnswer> {
  switch (request.op) {
    case "digest":
      return { bytes: base64(await subtle.digest(request.algorithm.name, boundData(request.data))) };
    case "verify":
      return verify(request);
    case "deriveBits":
      return deriveBits(request);
    case "deriveKey":
      return deriveKey(request);
    case "generateKey":
      return generateKey(request);
    case "importKey":
      return importKey(request);
    case "exportKey":
      return exportKey(request);
    case "wrapKey":
      return wrapKey(request);
    case "unwrapKey":
      return unwrapKey(request);
    case "encrypt":
    case "decrypt":
    case "sign":
    default:
      return transform(request);
  }
}

async function transform(request: Of<"encrypt" | "decrypt" | "sign">): Promise<CryptoAnswer> {
  boundAlgorithm(request.algorithm);
  const algorithm = (await algorithmOf(request.algorithm)) as webcrypto.AesCbcParams;
  const key = await importOfGuest(request.key);
  return { bytes: base64(await subtle[request.op](algorithm, key, boundData(request.data))) };
}

async function verify(request: Of<"verify">): Promise<CryptoAnswer> {
  boundAlgorithm(request.algorithm);
  const algorithm = await algorithmOf(request.algorithm);
  const key = await importOfGuest(request.key);
  const signature = boundData(request.signature);
  return { flag: await subtle.verify(algorithm, key, signature, boundData(request.data)) };
}

async function deriveBits(request: Of<"deriveBits">): Promise<CryptoAnswer> {
  boundBits(request.length ?? 0);
  boundRounds(request.algorithm, request.length ?? 0);
  const algorithm = (await algorithmOf(request.algorithm)) as webcrypto.EcdhKeyDeriveParams;
  const key = await importOfGuest(request.key);
  return { bytes: base64(await subtle.deriveBits(algorithm, key, request.length)) };
}

async function deriveKey(request: Of<"deriveKey">): Promise<CryptoAnswer> {
  const { made } = request;
  boundAlgorithm(made.algorithm);
  // What length the key has is WebCrypto's to say: 1024 is the most, an HMAC key for SHA-512.
  boundRounds(request.algorithm, made.algorithm.length ?? 1_024);
  const algorithm = (await algorithmOf(request.algorithm)) as webcrypto.EcdhKeyDeriveParams;
  const key = await importOfGuest(request.key);
  const wanted = (await algorithmOf(made.algorithm)) as webcrypto.AesDerivedKeyParams;
  return {
    key: answerOfKey(await subtle.deriveKey(algorithm, key, wanted, made.extractable, made.usages)),
  };
}

async function generateKey({ made }: Of<"generateKey">): Promise<CryptoAnswer> {
  boundAlgorithm(made.algorithm);
  const algorithm = (await algorithmOf(made.algorithm)) as webcrypto.EcKeyGenParams;
  const generated: webcrypto.CryptoKey | webcrypto.CryptoKeyPair = await subtle.generateKey(
    algorithm,
    made.extractable,
    made.usages,
  );
  if (!("privateKey" in generated)) {
    return { key: answerOfKey(generated) };
  }
  const { publicKey, privateKey } = generated;
  return { pair: { publicKey: answerOfKey(publicKey), privateKey: answerOfKey(privateKey) } };
}

async function importKey({ format, data, made }: Of<"importKey">): Promise<CryptoAnswer> {
  boundAlgorithm(made.algorithm);
  const algorithm = (await algorithmOf(made.algorithm)) as webcrypto.EcKeyImportParams;
  const { extractable, usages } = made;
  if (typeof data === "string") {
    const bytes = boundData(data);
    boundKeyBytes(bytes.length, format !== "raw");
    const imported = await subtle.importKey(
      format as Exclude<webcrypto.KeyFormat, "jwk">,
      bytes,
      algorithm,
      extractable,
      usages,
    );
    boundRsa(imported);
    return { key: answerOfKey(imported) };
  }
  for (const part of Object.values(data)) {
    // Base64url of what may be in a key; `k` is a secret key and may be long.
    boundKeyBytes(typeof part === "string" && part !== data.k ? (part.length * 3) / 4 : 0, true);
  }
  const imported = await subtle.importKey(
    "jwk",
    data as webcrypto.JsonWebKey,
    algorithm,
    extractable,
    usages,
  );
  boundRsa(imported);
  return { key: answerOfKey(imported) };
}

async function exportKey({ format, key }: Of<"exportKey">): Promise<CryptoAnswer> {
  const imported = await importOfGuest(key);
  return format === "jwk"
    ? { jwk: await subtle.exportKey(format, imported) }
    : { bytes: base64(await subtle.exportKey(format, imported)) };
}

async function wrapKey(request: Of<"wrapKey">): Promise<CryptoAnswer> {
  boundAlgorithm(request.algorithm);
  const algorithm = (await algorithmOf(request.algorithm)) as webcrypto.AesCbcParams;
  const key = await importOfGuest(request.key);
  const wrappingKey = await importOfGuest(request.wrappingKey);
  return { bytes: base64(await subtle.wrapKey(request.format, key, wrappingKey, algorithm)) };
}

async function unwrapKey(request: Of<"unwrapKey">): Promise<CryptoAnswer> {
  const { format, key, made } = request;
  boundAlgorithm(request.algorithm);
  boundAlgorithm(made.algorithm);
  const data = boundData(request.data);
  const wanted = (await algorithmOf(made.algorithm)) as webcrypto.EcKeyImportParams;
  if (wanted.name !== "HMAC" && !wanted.name.startsWith("AES")) {
    // A key in JSON takes about half as much again.
    boundKeyBytes(format === "jwk" ? data.length / 2 : data.length, true);
  }
  const algorithm = (await algorithmOf(request.algorithm)) as webcrypto.AesCbcParams;
  const unwrappingKey = await importOfGuest(key);
  const { extractable, usages } = made;
  const unwrapped = await subtle.unwrapKey(
    format,
    data,
    unwrappingKey,
    algorithm,
    wanted,
    extractable,
    usages,
  );
  boundRsa(unwrapped);
  return { key: answerOfKey(unwrapped) };
}
