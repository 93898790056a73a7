import type { webcrypto } from "node:crypto";
import { MAX_DATA_BYTES, type AlgorithmOfGuest } from "./request.ts";

/**
 * What native code may be asked for. No job can be interrupted, so its cost is bounded before it starts, by the
 * sizes and counts that it follows from. What many jobs cost in all is bounded by the run's CPU time.
 */
const MAX_MODULUS_BITS = 4_096;
/** Room for an RSA private key of 4096 bits with all its parts; more would be a key with oversized primes. */
const MAX_KEY_BYTES = 3_072;
const MAX_OUTPUT_BITS = 8_000_000;
const MAX_SALT_LENGTH = 1_024;
/** About three times what is recommended for passwords today; a few seconds. */
const MAX_ROUNDS = 2_000_000;
const EXPONENTS = new Set([3n, 17n, 65_537n]);
const HASH_BITS = { "SHA-1": 160, "SHA-256": 256, "SHA-384": 384, "SHA-512": 512 } as const;

/** A request beyond a limit; the guest is told its message. */
export class BeyondLimit extends Error {
  override readonly name = "OperationError";
}

/** Refuses more input than one job takes. */
export function boundData(base64: string): Uint8Array<ArrayBuffer> {
  if (base64.length > Math.ceil(MAX_DATA_BYTES / 3) * 4) {
    throw new BeyondLimit("crypto.subtle takes at most 10 MB at once in a workflow.");
  }
  return new Uint8Array(Buffer.from(base64, "base64"));
}

/** Refuses key data that is larger than any key of the sizes that are allowed. */
export function boundKeyBytes(length: number, asymmetric: boolean): void {
  if (length > (asymmetric ? MAX_KEY_BYTES : MAX_DATA_BYTES)) {
    throw new BeyondLimit("The key is larger than a workflow may use: RSA keys have at most 4096 bits.");
  }
}

/** Refuses RSA keys that are too large, or whose exponent is not one of the usual. */
export function boundRsa(key: webcrypto.CryptoKey): void {
  const { modulusLength, publicExponent } = key.algorithm as Partial<webcrypto.RsaHashedKeyAlgorithm>;
  if (modulusLength !== undefined && publicExponent !== undefined) {
    boundModulus(modulusLength, publicExponent);
  }
}

function boundModulus(bits: number, exponent: Uint8Array): void {
  if (bits > MAX_MODULUS_BITS) {
    throw new BeyondLimit(`An RSA key of ${String(bits)} bits is too large for a workflow: at most 4096.`);
  }
  if (!EXPONENTS.has(BigInt(`0x0${Buffer.from(exponent).toString("hex")}`))) {
    throw new BeyondLimit("The public exponent of an RSA key must be 65537, 17 or 3.");
  }
}

/** Refuses an algorithm whose cost its numbers make too large. */
export function boundAlgorithm(algorithm: AlgorithmOfGuest): void {
  const { modulusLength, publicExponent, length, saltLength } = algorithm;
  if (modulusLength !== undefined) {
    boundModulus(modulusLength, Buffer.from(publicExponent ?? "", "base64"));
  }
  boundBits(length ?? 0);
  if ((saltLength ?? 0) > MAX_SALT_LENGTH) {
    throw new BeyondLimit("The salt is longer than any key of a workflow allows.");
  }
}

/** Refuses an output that is longer than anybody needs. */
export function boundBits(bits: number): void {
  if (bits > MAX_OUTPUT_BITS) {
    throw new BeyondLimit("At most 1 MB can be made of a key at once in a workflow.");
  }
}

/** Refuses too many rounds of PBKDF2 for `bits`: each block of the hash's size takes all iterations. */
export function boundRounds(algorithm: AlgorithmOfGuest, bits: number): void {
  if (algorithm.name !== "PBKDF2" || algorithm.hash === undefined) {
    return;
  }
  const rounds = (algorithm.iterations ?? 0) * Math.ceil(bits / HASH_BITS[algorithm.hash]);
  if (rounds > MAX_ROUNDS) {
    throw new BeyondLimit(
      `PBKDF2 with ${String(rounds)} rounds is too much for a workflow: at most ${String(MAX_ROUNDS)} at once.`,
    );
  }
}
