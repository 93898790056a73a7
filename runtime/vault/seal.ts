import { createCipheriv, randomBytes } from "node:crypto";
import type { DataKey, Keyring } from "./keyring.ts";
import { additionalData } from "./place.ts";
import type { Place } from "./place.ts";
import { IV_BYTES, sealedHeader } from "./sealed.ts";

/**
 * Encrypts a value for one place under the organization's active data key (AES-256-GCM, random IV).
 *
 * Call it before entering `asOrganization`: loading a data key takes its own connection, and a transaction
 * that waits for a second connection of the same pool can wait for ever.
 */
export function seal(keyring: Keyring, place: Place, plaintext: string | Uint8Array): Promise<Buffer> {
  return keyring.withActiveKey(place.organizationId, (key) => sealUnder(key, place, plaintext));
}

/** Encrypts under a given data key; rotation needs to choose it. */
export function sealUnder(key: DataKey, place: Place, plaintext: string | Uint8Array): Buffer {
  const header = sealedHeader(key.id);
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key.bytes, iv);
  cipher.setAAD(Buffer.concat([additionalData(place), header]));
  const ciphertext = cipher.update(typeof plaintext === "string" ? Buffer.from(plaintext) : plaintext);
  cipher.final();
  return Buffer.concat([header, iv, cipher.getAuthTag(), ciphertext]);
}
