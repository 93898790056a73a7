import { createHash, randomBytes, randomUUIDv7 } from "node:crypto";

/** A new time-ordered id (UUID version 7, RFC 9562 §5.7); every row of the product is named by one. */
export function newId(): string {
  return randomUUIDv7();
}

/** `bytes` random bytes as lower-case hexadecimal: unguessable names, lease tokens, placeholders. */
export function randomHex(bytes: number): string {
  return randomBytes(bytes).toString("hex");
}

/** SHA-256 as lower-case hexadecimal: the content hash that identifies bundles and versions. */
export function contentHash(...parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) {
    hash.update(`${Buffer.byteLength(part)}:`).update(part);
  }
  return hash.digest("hex");
}
