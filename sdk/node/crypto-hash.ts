import { blake2b, blake2s } from "@noble/hashes/blake2.js";
import { hmac } from "@noble/hashes/hmac.js";
import { md5, ripemd160, sha1 } from "@noble/hashes/legacy.js";
import { sha224, sha256, sha384, sha512, sha512_256 } from "@noble/hashes/sha2.js";
import { sha3_224, sha3_256, sha3_384, sha3_512 } from "@noble/hashes/sha3.js";
import type { CHash } from "@noble/hashes/utils.js";

/** What is hashed: text is read by its encoding, UTF-8 unless said otherwise. */
export type Data = string | ArrayBuffer | ArrayBufferView;

const HASHES: Readonly<Record<string, CHash>> = {
  md5,
  sha1,
  ripemd160,
  sha224,
  sha256,
  sha384,
  sha512,
  "sha512-256": sha512_256,
  "sha3-224": sha3_224,
  "sha3-256": sha3_256,
  "sha3-384": sha3_384,
  "sha3-512": sha3_512,
  blake2b512: blake2b,
  blake2s256: blake2s,
};

/** The names that `getHashes` says. */
export const hashNames = Object.keys(HASHES);

/** A hash by any of the names that Node knows it by. */
export function hashOf(name: string): CHash {
  const plain = name
    .toLowerCase()
    .replace(/^rsa-/, "")
    .replace(/^sha-(?=\d)/, "sha")
    .replace("/", "-");
  const found = Object.hasOwn(HASHES, plain) ? HASHES[plain] : HASHES[plain.replace("-", "")];
  if (found === undefined) {
    throw Object.assign(new Error("Digest method not supported"), { code: "ERR_CRYPTO_INVALID_DIGEST" });
  }
  return found;
}

/** The bytes of what Node's functions take. */
export function bytesOf(data: Data, encoding?: BufferEncoding): Uint8Array {
  if (typeof data === "string") {
    return Buffer.from(data, encoding ?? "utf8");
  }
  if (ArrayBuffer.isView(data)) {
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
  if (data instanceof ArrayBuffer) {
    return new Uint8Array(data);
  }
  throw Object.assign(
    new TypeError(
      'The "data" argument must be of type string or an instance of Buffer, TypedArray, or DataView.',
    ),
    { code: "ERR_INVALID_ARG_TYPE" },
  );
}

interface State {
  update(data: Uint8Array): unknown;
  digest(): Uint8Array;
  clone?(): State;
}

/** `crypto.Hash` and `crypto.Hmac`, as values: not streams. */
export class Digest {
  #state: State | null;

  constructor(state: State) {
    this.#state = state;
  }

  /** Adds data. */
  update(data: Data, encoding?: BufferEncoding): this {
    this.#open().update(bytesOf(data, encoding));
    return this;
  }

  /** Ends it: a Buffer, or text in an encoding. */
  digest(encoding?: BufferEncoding | "buffer"): Buffer | string {
    const result = Buffer.from(this.#open().digest());
    this.#state = null;
    return encoding === undefined || encoding === "buffer" ? result : result.toString(encoding);
  }

  /** The same so far, to go on from in another way. */
  copy(): Digest {
    const state = this.#open().clone?.();
    if (state === undefined) {
      throw new Error("This digest cannot be copied.");
    }
    return new Digest(state);
  }

  #open(): State {
    if (this.#state === null) {
      throw Object.assign(new Error("Digest already called"), { code: "ERR_CRYPTO_HASH_FINALIZED" });
    }
    return this.#state;
  }
}

/** `crypto.createHash`. */
export function createHash(name: string): Digest {
  return new Digest(hashOf(name).create());
}

/** An HMAC under plain bytes. */
export function hmacUnder(name: string, key: Uint8Array): Digest {
  return new Digest(hmac.create(hashOf(name), key));
}
