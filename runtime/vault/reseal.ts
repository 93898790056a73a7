import type { Database } from "#runtime/db/connect.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { TenonError } from "#runtime/errors.ts";
import type { Keyring } from "./keyring.ts";
import { open } from "./open.ts";
import type { Place } from "./place.ts";
import { sealUnder } from "./seal.ts";
import { FROM_START, SEALED_COLUMNS } from "./sealed-columns.ts";
import type { Cursor, SealedColumn, SealedRow } from "./sealed-columns.ts";
import { keyIdBytes } from "./sealed.ts";

/** What became of one pass over an organization's values. */
export interface Reseal {
  readonly resealed: number;
  readonly unreadable: number;
  readonly interrupted: boolean;
  /** The target key was retired in the meantime: by another rotation. */
  readonly superseded: boolean;
}

interface ResealParts {
  readonly database: Database;
  readonly keyring: Keyring;
}

interface Target {
  readonly organizationId: string;
  readonly activeKeyId: string;
  readonly batchSize: number;
}

interface ResealOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

/** Seals every value of an organization that is not under the active data key anew, in small transactions. */
export async function reseal(parts: ResealParts, target: Target, options: ResealOptions): Promise<Reseal> {
  let resealed = 0;
  let unreadable = 0;
  for (const column of SEALED_COLUMNS) {
    let after: Cursor | null = FROM_START;
    let inColumn = 0;
    while (after !== null) {
      if (options.signal.aborted) {
        return { resealed, unreadable, interrupted: true, superseded: false };
      }
      const batch = await resealBatch(parts, target, column, after, options);
      if (batch === "superseded") {
        return { resealed, unreadable, interrupted: false, superseded: true };
      }
      inColumn += batch.resealed;
      resealed += batch.resealed;
      unreadable += batch.unreadable;
      after = batch.next;
      if (batch.resealed > 0) {
        options.onProgress(`${column.table}.${column.column}: ${String(inColumn)} values sealed anew`);
      }
    }
  }
  return { resealed, unreadable, interrupted: false, superseded: false };
}

interface BatchDone {
  readonly resealed: number;
  readonly unreadable: number;
  readonly next: Cursor | null;
}

async function resealBatch(
  { database, keyring }: ResealParts,
  { organizationId, activeKeyId, batchSize }: Target,
  column: SealedColumn,
  after: Cursor,
  options: ResealOptions,
): Promise<BatchDone | "superseded"> {
  const exceptKey = keyIdBytes(activeKeyId);
  const rows = await asOrganization(database, organizationId, (sql) =>
    column.next(sql, { organizationId, exceptKey, after, limit: batchSize }),
  );
  const fresh: { readonly row: SealedRow; readonly to: Buffer }[] = [];
  for (const row of rows) {
    const place = {
      organizationId,
      table: column.copyOf?.table ?? column.table,
      row: row.row,
      column: column.copyOf?.column ?? column.column,
      version: row.version,
    };
    const to = await sealAnew(keyring, place, row.sealed, activeKeyId, options);
    if (to !== null) {
      fresh.push({ row, to });
    }
  }
  const replaced = await asOrganization(database, organizationId, async (sql) => {
    // The lock keeps the key: it cannot be deleted while values are being put under it.
    const [held] = await sql`
      select 1 from organization_keys
      where organization_id = ${organizationId} and id = ${activeKeyId} and active for share`;
    if (held === undefined) {
      return null;
    }
    const results = await Promise.all(
      fresh.map(({ row, to }) =>
        column.replace(sql, { organizationId, cursor: row.cursor, from: row.sealed, to }),
      ),
    );
    return results.filter(Boolean).length;
  });
  if (replaced === null) {
    return "superseded";
  }
  const last = rows.length < batchSize ? null : (rows.at(-1)?.cursor ?? null);
  return { resealed: replaced, unreadable: rows.length - fresh.length, next: last };
}

/** The value under the active key; null, with a line that says which, when it does not open. */
async function sealAnew(
  keyring: Keyring,
  place: Place,
  sealed: Buffer,
  activeKeyId: string,
  options: ResealOptions,
): Promise<Buffer | null> {
  let plaintext: Buffer;
  try {
    plaintext = await open(keyring, place, sealed);
  } catch (error) {
    if (error instanceof TenonError && error.code === "TENON_VAULT_OPEN") {
      options.onProgress(`row ${place.row} stays as it is: ${error.message}`);
      return null;
    }
    throw error;
  }
  try {
    return await keyring.withKey(place.organizationId, activeKeyId, (key) => {
      if (key === null) {
        throw new TenonError(
          "TENON_CONFLICT",
          "passing",
          409,
          "The active data key was deleted by another rotation.",
        );
      }
      return sealUnder(key, place, plaintext);
    });
  } finally {
    plaintext.fill(0);
  }
}
