import { createDecipheriv } from "node:crypto";
import { TenonError } from "#runtime/errors.ts";
import type { DataKey, Keyring } from "./keyring.ts";
import { additionalData } from "./place.ts";
import type { Place } from "./place.ts";
import { CIPHERTEXT_OFFSET, HEADER_BYTES, IV_BYTES, sealedKeyId, TAG_BYTES } from "./sealed.ts";

/**
 * Decrypts a value that was sealed for exactly this place. The caller owns the returned bytes and may zero them.
 * Like `seal`, it takes its own connection when a data key has to be loaded: call it outside `asOrganization`.
 *
 * @throws TenonError `TENON_VAULT_OPEN` when the bytes were made for another place, are damaged, or their
 * data key is gone. The message names the table and column, never content.
 */
export async function open(keyring: Keyring, place: Place, sealed: Uint8Array): Promise<Buffer> {
  const keyId = sealedKeyId(sealed);
  if (keyId === null) {
    throw openError(place, "it is not a sealed value");
  }
  const opened = await keyring.withKey(place.organizationId, keyId, (key) =>
    key === null ? null : openUnder(key, place, sealed),
  );
  if (opened === null) {
    throw openError(place, "its data key does not exist in this organization");
  }
  return opened;
}

/** `open`, as UTF-8 text. */
export async function openText(keyring: Keyring, place: Place, sealed: Uint8Array): Promise<string> {
  const bytes = await open(keyring, place, sealed);
  const text = bytes.toString("utf8");
  bytes.fill(0);
  return text;
}

/** Decrypts with the data key that the value names. */
export function openUnder(key: DataKey, place: Place, sealed: Uint8Array): Buffer {
  const tagAt = HEADER_BYTES + IV_BYTES;
  const decipher = createDecipheriv("aes-256-gcm", key.bytes, sealed.subarray(HEADER_BYTES, tagAt), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.concat([additionalData(place), sealed.subarray(0, HEADER_BYTES)]));
  decipher.setAuthTag(sealed.subarray(tagAt, CIPHERTEXT_OFFSET));
  const plaintext = decipher.update(sealed.subarray(CIPHERTEXT_OFFSET));
  try {
    decipher.final();
  } catch {
    plaintext.fill(0);
    throw openError(place, "it was sealed for another place or has been changed");
  }
  return plaintext;
}

function openError(place: Place, reason: string): TenonError {
  return new TenonError(
    "TENON_VAULT_OPEN",
    "operator",
    500,
    `The value in ${place.table}.${place.column} does not open: ${reason}. Restore the row and organization_keys from the same backup.`,
  );
}
