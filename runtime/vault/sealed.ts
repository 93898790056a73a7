/**
 * The bytes of a sealed value: version (1) | data key id (16) | IV (12) | tag (16) | ciphertext.
 * The version and the key id are authenticated too: they follow the place in the additional data.
 */
export const FORMAT_VERSION = 1;
/** NIST SP 800-38D §8.2.2: random 96-bit IVs, good for 2³² values under one data key. */
export const IV_BYTES = 12;
export const TAG_BYTES = 16;
/** Version and key id: what is readable without a key. */
export const HEADER_BYTES = 17;
export const CIPHERTEXT_OFFSET = HEADER_BYTES + IV_BYTES + TAG_BYTES;

/** The first bytes of every value sealed under a data key. */
export function sealedHeader(keyId: string): Buffer {
  return Buffer.concat([Buffer.from([FORMAT_VERSION]), keyIdBytes(keyId)]);
}

/** A data key's id as sealed values carry it. */
export function keyIdBytes(keyId: string): Buffer {
  return Buffer.from(keyId.replaceAll("-", ""), "hex");
}

/** The data key that a sealed value names, as a UUID; null when the bytes are not a sealed value. */
export function sealedKeyId(sealed: Uint8Array): string | null {
  if (sealed.length < CIPHERTEXT_OFFSET || sealed[0] !== FORMAT_VERSION) {
    return null;
  }
  const hex = Buffer.from(sealed.subarray(1, HEADER_BYTES)).toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
