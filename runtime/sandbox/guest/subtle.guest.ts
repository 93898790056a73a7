import { enforceRange, normalize } from "./crypto-algorithm.guest.ts";
import { isBytes, writeBase64 } from "./crypto-bytes.guest.ts";
import { askCrypto, type CryptoAnswer } from "./crypto-jobs.guest.ts";
import { type CryptoKey, factsOf, isCryptoKey, makeKey } from "./crypto-key.guest.ts";
import { keyFormat, keyUsages, readJwk } from "./crypto-values.guest.ts";
import { checkBrand, defineInterface, notConstructible, requireArguments } from "./define-interface.guest.ts";
import { DOMException } from "./dom-exception.guest.ts";
import { bytesFromBase64, hasOwn, NativeTypeError } from "./primordials.guest.ts";

let making = false;
interface Pair {
  readonly publicKey: CryptoKey;
  readonly privateKey: CryptoKey;
}

/**
 * SubtleCrypto (Web Cryptography, section 14): reads what it is given and asks the sandbox process, whose
 * WebCrypto does the work and has the last word on what is wrong.
 */
export class SubtleCrypto {
  #madeHere: boolean;

  constructor() {
    this.#madeHere = making;
    if (!this.#madeHere) {
      notConstructible();
    }
  }

  async encrypt(algorithm: unknown, key: unknown, data: unknown): Promise<ArrayBuffer> {
    checkBrand(#madeHere in this);
    requireArguments(arguments.length, 3, "encrypt");
    return bytesOf(await transform("encrypt", algorithm, key, data));
  }

  async decrypt(algorithm: unknown, key: unknown, data: unknown): Promise<ArrayBuffer> {
    checkBrand(#madeHere in this);
    requireArguments(arguments.length, 3, "decrypt");
    return bytesOf(await transform("decrypt", algorithm, key, data));
  }

  async sign(algorithm: unknown, key: unknown, data: unknown): Promise<ArrayBuffer> {
    checkBrand(#madeHere in this);
    requireArguments(arguments.length, 3, "sign");
    return bytesOf(await transform("sign", algorithm, key, data));
  }

  async verify(algorithm: unknown, key: unknown, signature: unknown, data: unknown): Promise<boolean> {
    checkBrand(#madeHere in this);
    requireArguments(arguments.length, 4, "verify");
    const answer = await askCrypto({
      __proto__: null,
      op: "verify",
      algorithm: normalize("sign", algorithm),
      key: keyOf(key),
      signature: writeBase64(signature, "The signature"),
      data: writeBase64(data, "The data"),
    });
    return answer.flag;
  }

  async digest(algorithm: unknown, data: unknown): Promise<ArrayBuffer> {
    checkBrand(#madeHere in this);
    requireArguments(arguments.length, 2, "digest");
    const request = { algorithm: normalize("digest", algorithm), data: writeBase64(data, "The data") };
    return bytesOf(await askCrypto({ __proto__: null, op: "digest", ...request }));
  }

  async generateKey(algorithm: unknown, extractable: unknown, usages: unknown): Promise<CryptoKey | Pair> {
    checkBrand(#madeHere in this);
    requireArguments(arguments.length, 3, "generateKey");
    const made = wanted("generateKey", algorithm, extractable, usages);
    return keysOf(await askCrypto({ __proto__: null, op: "generateKey", made }));
  }

  async deriveKey(
    algorithm: unknown,
    baseKey: unknown,
    derivedKeyType: unknown,
    extractable: unknown,
    usages: unknown,
  ): Promise<CryptoKey | Pair> {
    checkBrand(#madeHere in this);
    requireArguments(arguments.length, 5, "deriveKey");
    const normalized = normalize("deriveBits", algorithm);
    const key = keyOf(baseKey);
    const made = wanted("getKeyLength", derivedKeyType, extractable, usages);
    return keysOf(await askCrypto({ __proto__: null, op: "deriveKey", algorithm: normalized, key, made }));
  }

  async deriveBits(
    algorithm: unknown,
    baseKey: unknown,
    // Declared so, the method's length is 2: a missing length is null.
    ...rest: readonly unknown[]
  ): Promise<ArrayBuffer> {
    checkBrand(#madeHere in this);
    requireArguments(arguments.length, 2, "deriveBits");
    const [bits] = rest;
    const request = {
      algorithm: normalize("deriveBits", algorithm),
      key: keyOf(baseKey),
      length: bits === undefined || bits === null ? null : enforceRange(bits, 0xffff_ffff, "The length"),
    };
    return bytesOf(await askCrypto({ __proto__: null, op: "deriveBits", ...request }));
  }

  async importKey(
    format: unknown,
    keyData: unknown,
    algorithm: unknown,
    extractable: unknown,
    usages: unknown,
  ): Promise<CryptoKey | Pair> {
    checkBrand(#madeHere in this);
    requireArguments(arguments.length, 5, "importKey");
    const form = keyFormat(format);
    const made = wanted("importKey", algorithm, extractable, usages);
    if (form === "jwk" && isBytes(keyData)) {
      throw new NativeTypeError("The key data must be a JsonWebKey.");
    }
    const data = form === "jwk" ? readJwk(keyData) : writeBase64(keyData, "The key data");
    return keysOf(await askCrypto({ __proto__: null, op: "importKey", format: form, data, made }));
  }

  async exportKey(format: unknown, key: unknown): Promise<ArrayBuffer | object> {
    checkBrand(#madeHere in this);
    requireArguments(arguments.length, 2, "exportKey");
    const request = { format: keyFormat(format), key: keyOf(key) };
    const answer = await askCrypto({ __proto__: null, op: "exportKey", ...request });
    return request.format === "jwk" ? answer.jwk : bytesOf(answer);
  }

  async wrapKey(
    format: unknown,
    key: unknown,
    wrappingKey: unknown,
    wrapAlgorithm: unknown,
  ): Promise<ArrayBuffer> {
    checkBrand(#madeHere in this);
    requireArguments(arguments.length, 4, "wrapKey");
    const request = {
      format: keyFormat(format),
      key: keyOf(key),
      wrappingKey: keyOf(wrappingKey),
      algorithm: normalizeWrap(wrapAlgorithm),
    };
    return bytesOf(await askCrypto({ __proto__: null, op: "wrapKey", ...request }));
  }

  async unwrapKey(
    format: unknown,
    wrappedKey: unknown,
    unwrappingKey: unknown,
    unwrapAlgorithm: unknown,
    unwrappedKeyAlgorithm: unknown,
    extractable: unknown,
    usages: unknown,
  ): Promise<CryptoKey | Pair> {
    checkBrand(#madeHere in this);
    requireArguments(arguments.length, 7, "unwrapKey");
    const request = {
      format: keyFormat(format),
      data: writeBase64(wrappedKey, "The wrapped key"),
      key: keyOf(unwrappingKey),
      algorithm: normalizeWrap(unwrapAlgorithm),
      made: wanted("importKey", unwrappedKeyAlgorithm, extractable, usages),
    };
    return keysOf(await askCrypto({ __proto__: null, op: "unwrapKey", ...request }));
  }
}
defineInterface(SubtleCrypto);

/** The one of this isolate. */
export function makeSubtle(): SubtleCrypto {
  making = true;
  const made = new SubtleCrypto();
  making = false;
  return made;
}

async function transform(
  op: "encrypt" | "decrypt" | "sign",
  algorithm: unknown,
  key: unknown,
  data: unknown,
): Promise<CryptoAnswer> {
  const normalized = normalize(op === "sign" ? "sign" : "encrypt", algorithm);
  const request = { algorithm: normalized, key: keyOf(key), data: writeBase64(data, "The data") };
  return askCrypto({ __proto__: null, op, ...request });
}

/** AES-KW is for wrapping only; everything that encrypts wraps as well (section 14.3.11). */
function normalizeWrap(algorithm: unknown): object {
  try {
    return normalize("wrapKey", algorithm);
  } catch (error) {
    if (error instanceof DOMException) {
      return normalize("encrypt", algorithm);
    }
    throw error;
  }
}

/** What a new key is to be. */
function wanted(
  operation: "generateKey" | "importKey" | "getKeyLength",
  algorithm: unknown,
  extractable: unknown,
  usages: unknown,
): object {
  return {
    __proto__: null,
    algorithm: normalize(operation, algorithm),
    extractable: Boolean(extractable),
    usages: keyUsages(usages),
  };
}

function keyOf(key: unknown): object {
  if (!isCryptoKey(key)) {
    throw new NativeTypeError("The key must be a CryptoKey.");
  }
  return factsOf(key);
}

function bytesOf(answer: CryptoAnswer): ArrayBuffer {
  return bytesFromBase64(answer.bytes).buffer;
}

function keysOf(answer: CryptoAnswer): CryptoKey | Pair {
  if (hasOwn(answer, "key")) {
    return makeKey(answer.key);
  }
  const { publicKey, privateKey } = answer.pair;
  return { publicKey: makeKey(publicKey), privateKey: makeKey(privateKey) };
}
