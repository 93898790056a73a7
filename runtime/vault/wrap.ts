import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { SetupError } from "#runtime/errors.ts";
import type { DataKey, DataKeyRow } from "./keyring.ts";
import { lengthPrefixed } from "./place.ts";
import { FORMAT_VERSION, IV_BYTES, TAG_BYTES } from "./sealed.ts";

/** A master key and the name that its wrapped keys carry. */
export interface MasterKey {
  readonly id: string;
  readonly bytes: Buffer;
}

/** What wraps (`current`) and what may still unwrap (`previous`, during a rotation). */
export interface MasterKeys {
  readonly current: MasterKey;
  readonly previous: MasterKey | null;
}

/** Names the installation's master keys. */
export function masterKeys(current: Buffer, previous: Buffer | null): MasterKeys {
  return {
    current: { id: masterKeyId(current), bytes: current },
    previous: previous === null ? null : { id: masterKeyId(previous), bytes: previous },
  };
}

/** The public name of a master key: tells keys apart, says nothing about their bytes. */
export function masterKeyId(key: Buffer): string {
  return createHash("sha256").update("tenon master key").update(key).digest("hex").slice(0, 16);
}

/** Encrypts a data key under the current master key: version (1) | IV (12) | tag (16) | key (32). */
export function wrapDataKey(masters: MasterKeys, organizationId: string, key: DataKey): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv("aes-256-gcm", masters.current.bytes, iv);
  cipher.setAAD(wrapData(organizationId, key.id));
  const wrapped = cipher.update(key.bytes);
  cipher.final();
  return Buffer.concat([Buffer.from([FORMAT_VERSION]), iv, cipher.getAuthTag(), wrapped]);
}

/**
 * Decrypts a data key with the master key that wrapped it.
 *
 * @throws SetupError naming `TENON_MASTER_KEY` when this process does not have that key.
 */
export function unwrapDataKey(masters: MasterKeys, organizationId: string, row: DataKeyRow): DataKey {
  const master = [masters.current, masters.previous].find((candidate) => candidate?.id === row.masterKeyId);
  if (master === undefined || master === null) {
    throw new SetupError(
      `The data keys in this database were wrapped by the master key ${row.masterKeyId}, but TENON_MASTER_KEY is ${masters.current.id}` +
        `${masters.previous === null ? "" : ` and TENON_MASTER_KEY_PREVIOUS is ${masters.previous.id}`}. Set TENON_MASTER_KEY to that key, or TENON_MASTER_KEY_PREVIOUS while you rotate.`,
    );
  }
  const tagAt = 1 + IV_BYTES;
  try {
    const decipher = createDecipheriv("aes-256-gcm", master.bytes, row.wrapped.subarray(1, tagAt), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(wrapData(organizationId, row.id));
    decipher.setAuthTag(row.wrapped.subarray(tagAt, tagAt + TAG_BYTES));
    const bytes = decipher.update(row.wrapped.subarray(tagAt + TAG_BYTES));
    decipher.final();
    return { id: row.id, bytes };
  } catch (cause) {
    throw new SetupError(
      `The data key ${row.id} in organization_keys is damaged or was copied from another organization; TENON_MASTER_KEY is right. Restore the table from a backup.`,
      { cause },
    );
  }
}

function wrapData(organizationId: string, keyId: string): Buffer {
  return lengthPrefixed(["tenon data key", organizationId.toLowerCase(), keyId.toLowerCase()]);
}
