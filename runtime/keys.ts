import { createHash, randomBytes } from "node:crypto";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** 33 symbols of base62 carry 196 bits. */
const SECRET_LENGTH = 33;
const CHECKSUM_LENGTH = 6;
const FORM = new RegExp(`^tn_(test|live)_[0-9A-Za-z]{${String(SECRET_LENGTH + CHECKSUM_LENGTH)}}$`);

/** `test` keys reach only environments that are not marked production. */
export type ApiKeyKind = "test" | "live";

/** A new API key: `key` is shown once and never stored, `hash` and `preview` are. */
export interface NewApiKey {
  readonly key: string;
  /** SHA-256 of the key. It holds 196 random bits, so that no slow hash is needed. */
  readonly hash: Buffer;
  /** Enough to tell keys apart, as in `tn_live_ab12…wxyz`. */
  readonly preview: string;
}

/** Makes an API key: `tn_<kind>_`, 196 random bits and a checksum, in base62. */
export function makeApiKey(kind: ApiKeyKind): NewApiKey {
  const body = `tn_${kind}_${randomBase62(SECRET_LENGTH)}`;
  const key = body + checksum(body);
  return { key, hash: hashApiKey(key), preview: `${key.slice(0, 12)}…${key.slice(-4)}` };
}

/** Whether the text has the form and the checksum of a key: tells a typing error from a key that does not exist. */
export function isApiKey(text: string): boolean {
  return FORM.test(text) && checksum(text.slice(0, -CHECKSUM_LENGTH)) === text.slice(-CHECKSUM_LENGTH);
}

/** What the database knows a key by. */
export function hashApiKey(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}

function randomBase62(length: number): string {
  let text = "";
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      // 248 is the largest multiple of 62 in a byte: above it the symbols would not be equally likely.
      if (byte < 248 && text.length < length) {
        text += ALPHABET.charAt(byte % 62);
      }
    }
  }
  return text;
}

function checksum(body: string): string {
  let rest = createHash("sha256").update(body).digest().readUInt32BE(0);
  let text = "";
  for (let position = 0; position < CHECKSUM_LENGTH; position += 1) {
    text = ALPHABET.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}
