import type { Database } from "#runtime/db/connect.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { insertActiveKey } from "./keyring.ts";
import type { DataKeyRow } from "./keyring.ts";
import { SEALED_COLUMNS } from "./sealed-columns.ts";
import { keyIdBytes } from "./sealed.ts";
import { unwrapDataKey, wrapDataKey } from "./wrap.ts";
import type { MasterKeys } from "./wrap.ts";

/** The state of an organization's keys when its values are about to be sealed anew. */
export interface RenewedKey {
  readonly activeKeyId: string;
  /** A new data key was made; otherwise a rotation was under way already. */
  readonly made: boolean;
  readonly rewrapped: number;
  /** How long ago the last data key was retired, in milliseconds. */
  readonly sinceRetiredMs: number;
}

interface StoredKey extends DataKeyRow {
  readonly active: boolean;
}

/**
 * Wraps an organization's data keys under the current master key and, unless a rotation is under way, retires
 * the active one for a new one, all in one transaction. A data key that an earlier master key had wrapped is
 * always replaced: whoever had that master key may know it. Null: nothing was ever sealed here.
 */
export async function renewKey(
  database: Database,
  organizationId: string,
  masters: MasterKeys,
): Promise<RenewedKey | null> {
  return asOrganization(database, organizationId, async (sql) => {
    const keys = await sql<StoredKey[]>`
      select id, master_key_id, wrapped, active from organization_keys
      where organization_id = ${organizationId} order by id for update`;
    if (keys.length === 0) {
      return null;
    }
    const foreign = keys.filter(({ masterKeyId }) => masterKeyId !== masters.current.id);
    for (const key of foreign) {
      await rewrap(sql, organizationId, masters, key);
    }
    const made = keys.every(({ active }) => active) || foreign.some(({ active }) => active);
    if (made) {
      await sql`
        update organization_keys set active = false, retired_at = now()
        where organization_id = ${organizationId} and active`;
      await insertActiveKey(sql, organizationId, masters);
    }
    return { ...(await currentState(sql, organizationId)), made, rewrapped: foreign.length };
  });
}

async function rewrap(
  sql: TenantSql,
  organizationId: string,
  masters: MasterKeys,
  row: DataKeyRow,
): Promise<void> {
  const key = unwrapDataKey(masters, organizationId, row);
  const wrapped = wrapDataKey(masters, organizationId, key);
  key.bytes.fill(0);
  await sql`
    update organization_keys set wrapped = ${wrapped}, master_key_id = ${masters.current.id}
    where organization_id = ${organizationId} and id = ${row.id}`;
}

async function currentState(
  sql: TenantSql,
  organizationId: string,
): Promise<{ readonly activeKeyId: string; readonly sinceRetiredMs: number }> {
  const [state] = await sql<{ activeKeyId: string; sinceRetiredMs: number }[]>`
    select active.id as active_key_id,
      (select coalesce(extract(epoch from clock_timestamp() - max(retired_at)) * 1000, 0)::float8
       from organization_keys where organization_id = ${organizationId}) as since_retired_ms
    from organization_keys active where organization_id = ${organizationId} and active.active`;
  if (state === undefined) {
    throw new Error("The organization has data keys but none is active.");
  }
  return state;
}

/**
 * Deletes data keys that were retired more than an hour ago and that no value refers to; resolves to how many.
 * The row is locked before the values are searched, so a rotation that still seals under it is waited for.
 */
export async function deleteRetiredKeys(database: Database, organizationId: string): Promise<number> {
  return asOrganization(database, organizationId, async (sql) => {
    const retired = await sql<{ id: string }[]>`
      select id from organization_keys
      where organization_id = ${organizationId} and not active and retired_at < now() - interval '1 hour'
      order by id for update`;
    let deleted = 0;
    for (const { id } of retired) {
      if (!(await isReferred(sql, organizationId, id))) {
        await sql`delete from organization_keys where organization_id = ${organizationId} and id = ${id}`;
        deleted += 1;
      }
    }
    return deleted;
  });
}

async function isReferred(sql: TenantSql, organizationId: string, keyId: string): Promise<boolean> {
  for (const column of SEALED_COLUMNS) {
    if (await column.refersTo(sql, organizationId, keyIdBytes(keyId))) {
      return true;
    }
  }
  return false;
}
