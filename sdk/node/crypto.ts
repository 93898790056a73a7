import { hkdf } from "@noble/hashes/hkdf.js";
import { pbkdf2 as derivePbkdf2 } from "@noble/hashes/pbkdf2.js";
import { scrypt as deriveScrypt } from "@noble/hashes/scrypt.js";
import { bytesOf, createHash, type Data, Digest, hashNames, hashOf, hmacUnder } from "./crypto-hash.ts";
import { createSecretKey, keyBytes, KeyObject } from "./crypto-key.ts";
import { randomBytes, randomFill, randomFillSync, randomInt } from "./crypto-random.ts";
import { refuse } from "./not-available.ts";

const SUBTLE = "use crypto.subtle, or a package that does, such as jose for tokens.";
type Callback = (error: unknown, value?: unknown) => void;
interface ScryptOptions {
  readonly N?: number;
  readonly cost?: number;
  readonly r?: number;
  readonly blockSize?: number;
  readonly p?: number;
  readonly parallelization?: number;
  readonly maxmem?: number;
}

function createHmac(name: string, key: Data | KeyObject): Digest {
  return hmacUnder(name, keyBytes(key));
}

function pbkdf2Sync(password: Data, salt: Data, iterations: number, length: number, name: string): Buffer {
  const options = { c: iterations, dkLen: length };
  return Buffer.from(derivePbkdf2(hashOf(name), bytesOf(password), bytesOf(salt), options));
}

/** By the sandbox process, which is many times faster, where it knows the hash. */
function pbkdf2(
  password: Data,
  salt: Data,
  iterations: number,
  length: number,
  name: string,
  callback: Callback,
): void {
  const hash = /^sha-?(1|256|384|512)$/i.exec(name)?.[1];
  const derived =
    hash === undefined
      ? Promise.resolve().then(() => pbkdf2Sync(password, salt, iterations, length, name))
      : deriveOutside(bytesOf(password), bytesOf(salt), iterations, length, `SHA-${hash}`);
  void answer(derived, callback);
}

/** Outside of the promise: what the callback throws is nobody's rejection. */
async function answer(derived: Promise<Buffer>, callback: Callback): Promise<void> {
  const [value, reason] = await derived.then(
    (made) => [made, null] as const,
    (error: unknown) => [undefined, error] as const,
  );
  queueMicrotask(() => {
    callback(reason, value);
  });
}

async function deriveOutside(
  password: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  length: number,
  hash: string,
): Promise<Buffer> {
  const { subtle } = globalThis.crypto;
  const key = await subtle.importKey("raw", Uint8Array.from(password), "PBKDF2", false, ["deriveBits"]);
  const algorithm = { name: "PBKDF2", hash, salt: Uint8Array.from(salt), iterations };
  return Buffer.from(await subtle.deriveBits(algorithm, key, length * 8));
}

function scryptSync(password: Data, salt: Data, length: number, options: ScryptOptions = {}): Buffer {
  const N = options.N ?? options.cost ?? 16_384;
  const r = options.r ?? options.blockSize ?? 8;
  const p = options.p ?? options.parallelization ?? 1;
  const maxmem = (options.maxmem ?? 32 * 1024 * 1024) + 1024;
  return Buffer.from(deriveScrypt(bytesOf(password), bytesOf(salt), { N, r, p, dkLen: length, maxmem }));
}

function scrypt(password: Data, salt: Data, length: number, ...rest: readonly unknown[]): void {
  const callback = rest.at(-1) as Callback;
  const options = (rest.length > 1 ? rest[0] : {}) as ScryptOptions;
  queueMicrotask(() => {
    let value: Buffer;
    try {
      value = scryptSync(password, salt, length, options);
    } catch (error) {
      callback(error);
      return;
    }
    callback(null, value);
  });
}

function hkdfSync(name: string, key: Data | KeyObject, salt: Data, info: Data, length: number): ArrayBuffer {
  return Uint8Array.from(hkdf(hashOf(name), keyBytes(key), bytesOf(salt), bytesOf(info), length)).buffer;
}

function timingSafeEqual(left: Data, right: Data): boolean {
  const [a, b] = [bytesOf(left), bytesOf(right)];
  if (a.length !== b.length) {
    throw Object.assign(new RangeError("Input buffers must have the same byte length"), {
      code: "ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH",
    });
  }
  return a.reduce((difference, byte, index) => difference | (byte ^ (b[index] ?? 0)), 0) === 0;
}

function hash(name: string, data: Data, encoding: BufferEncoding | "buffer" = "hex"): Buffer | string {
  return createHash(name).update(data).digest(encoding);
}

/** Ciphers, signatures and key pairs: WebCrypto has them, and only asynchronously. */
const REFUSED = (
  "createCipheriv createDecipheriv createSign createVerify sign verify createPrivateKey createPublicKey " +
  "generateKey generateKeySync generateKeyPair generateKeyPairSync publicEncrypt publicDecrypt privateEncrypt " +
  "privateDecrypt createDiffieHellman createDiffieHellmanGroup createECDH diffieHellman generatePrime " +
  "generatePrimeSync checkPrime checkPrimeSync X509Certificate Certificate ECDH Sign Verify hkdf"
).split(" ");

/** `node:crypto`: hashes, MACs, key derivation and randomness at once; WebCrypto for the rest. */
export const exported = {
  ...Object.fromEntries(REFUSED.map((name) => [name, refuse(`crypto.${name}`, SUBTLE)])),
  createHash,
  createHmac,
  hash,
  Hash: Digest,
  Hmac: Digest,
  getHashes: (): string[] => [...hashNames],
  getCiphers: (): string[] => [],
  getCurves: (): string[] => [],
  randomBytes,
  pseudoRandomBytes: randomBytes,
  randomFill,
  randomFillSync,
  randomInt,
  randomUUID: (): string => globalThis.crypto.randomUUID(),
  timingSafeEqual,
  pbkdf2,
  pbkdf2Sync,
  scrypt,
  scryptSync,
  hkdfSync,
  KeyObject,
  createSecretKey,
  constants: {},
  getFips: (): number => 0,
  get webcrypto(): Crypto {
    return globalThis.crypto;
  },
  get subtle(): SubtleCrypto {
    return globalThis.crypto.subtle;
  },
  getRandomValues: <Target extends Parameters<Crypto["getRandomValues"]>[0]>(target: Target): Target =>
    globalThis.crypto.getRandomValues(target),
};
