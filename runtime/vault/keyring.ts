import { randomBytes } from "node:crypto";
import type { Database } from "#runtime/db/connect.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { newId } from "#runtime/ids.ts";
import { DataKeyCache } from "./data-key-cache.ts";
import { masterKeys, unwrapDataKey, wrapDataKey } from "./wrap.ts";
import type { MasterKeys } from "./wrap.ts";

/** A data key in use. Its bytes are zeroed when it leaves the cache: read them only inside the callback. */
export interface DataKey {
  readonly id: string;
  readonly bytes: Buffer;
}

/**
 * The data keys of this process. Keys are lent to a synchronous callback and never handed out, so that a key
 * evicted and zeroed in the meantime can never be the one that seals.
 */
export interface Keyring {
  /** Lends the organization's active data key, making it on first use. */
  withActiveKey<T>(organizationId: string, work: (key: DataKey) => T): Promise<T>;
  /** Lends a data key by its id; null when the organization has no such key. */
  withKey<T>(organizationId: string, keyId: string, work: (key: DataKey | null) => T): Promise<T>;
  /** Zeroes every cached key. The keyring loads them again when it is used again. */
  clear(): void;
}

export interface KeyringParts {
  readonly database: Database;
  readonly masterKey: Buffer;
  readonly previousMasterKey: Buffer | null;
}

/** The keyring of one process: keys are cached for a minute, so a rotation is seen everywhere within one. */
export function createKeyring(parts: KeyringParts): Keyring {
  const masters = masterKeys(parts.masterKey, parts.previousMasterKey);
  const cache = new DataKeyCache();
  const loads = new Map<string, Promise<boolean>>();

  const loadOnce = (slot: string, load: () => Promise<boolean>): Promise<boolean> => {
    const running = loads.get(slot);
    if (running !== undefined) {
      return running;
    }
    const started = load().finally(() => loads.delete(slot));
    loads.set(slot, started);
    return started;
  };

  return {
    withActiveKey: async (organizationId, work) => {
      for (;;) {
        const key = cache.active(organizationId);
        if (key !== null) {
          return work(key);
        }
        await loadOnce(organizationId, async () => {
          const row = await asOrganization(parts.database, organizationId, (sql) =>
            activeKeyRow(sql, organizationId, masters),
          );
          cache.putActive(organizationId, unwrapDataKey(masters, organizationId, row));
          return true;
        });
      }
    },
    withKey: async (organizationId, keyId, work) => {
      for (;;) {
        const key = cache.get(organizationId, keyId);
        if (key !== null) {
          return work(key);
        }
        const found = await loadOnce(`${organizationId}/${keyId}`, async () => {
          const row = await asOrganization(parts.database, organizationId, (sql) =>
            keyRow(sql, organizationId, keyId),
          );
          if (row !== null) {
            cache.put(organizationId, unwrapDataKey(masters, organizationId, row));
          }
          return row !== null;
        });
        if (!found) {
          return work(null);
        }
      }
    },
    clear: () => {
      cache.clear();
    },
  };
}

/** A data key as it is stored: wrapped by the master key that `masterKeyId` names. */
export interface DataKeyRow {
  readonly id: string;
  readonly masterKeyId: string;
  readonly wrapped: Buffer;
}

/** The active key, made when there is none. Of concurrent first uses one insert wins and all read it. */
async function activeKeyRow(
  sql: TenantSql,
  organizationId: string,
  masters: MasterKeys,
): Promise<DataKeyRow> {
  const stored = await selectActive(sql, organizationId);
  if (stored !== null) {
    return stored;
  }
  await insertActiveKey(sql, organizationId, masters);
  const made = await selectActive(sql, organizationId);
  if (made === null) {
    throw new Error("The active data key vanished while it was made.");
  }
  return made;
}

/** Inserts a fresh active key unless the organization has one. */
export async function insertActiveKey(
  sql: TenantSql,
  organizationId: string,
  masters: MasterKeys,
): Promise<void> {
  const id = newId();
  const bytes = randomBytes(32);
  const wrapped = wrapDataKey(masters, organizationId, { id, bytes });
  bytes.fill(0);
  await sql`
    insert into organization_keys (id, organization_id, master_key_id, wrapped)
    values (${id}, ${organizationId}, ${masters.current.id}, ${wrapped})
    on conflict (organization_id) where active do nothing`;
}

async function selectActive(sql: TenantSql, organizationId: string): Promise<DataKeyRow | null> {
  const [row] = await sql<DataKeyRow[]>`
    select id, master_key_id, wrapped from organization_keys
    where organization_id = ${organizationId} and active`;
  return row ?? null;
}

async function keyRow(sql: TenantSql, organizationId: string, keyId: string): Promise<DataKeyRow | null> {
  const [row] = await sql<DataKeyRow[]>`
    select id, master_key_id, wrapped from organization_keys
    where organization_id = ${organizationId} and id = ${keyId}`;
  return row ?? null;
}
