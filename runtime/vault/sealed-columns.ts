import type { TenantSql } from "#runtime/db/tenant.ts";

/** One sealed value as rotation meets it. */
export interface SealedRow {
  /** The row's name in its place. */
  readonly row: string;
  readonly version: number;
  readonly sealed: Buffer;
  /** Where the next batch continues. */
  readonly cursor: Cursor;
}

/** Position in a table: an id, and for steps the position inside the run. */
export interface Cursor {
  readonly id: string;
  readonly position: number;
}

/** Below every row: UUIDs are never nil, positions never negative. */
export const FROM_START: Cursor = { id: "00000000-0000-0000-0000-000000000000", position: -1 };

interface Batch {
  readonly organizationId: string;
  /** Values under this data key are left out. */
  readonly exceptKey: Buffer;
  readonly after: Cursor;
  readonly limit: number;
}

interface Replacement {
  readonly organizationId: string;
  readonly cursor: Cursor;
  readonly from: Buffer;
  readonly to: Buffer;
}

/** A column that holds sealed values, and how rotation walks, rewrites and searches it. */
export interface SealedColumn {
  readonly table: string;
  readonly column: string;
  /** Where its values are sealed for, if elsewhere: they are copies. */
  readonly copyOf?: { readonly table: string; readonly column: string };
  next(sql: TenantSql, batch: Batch): Promise<SealedRow[]>;
  /** Compare and set: a value written by somebody else in between stays. Resolves to whether it was replaced. */
  replace(sql: TenantSql, replacement: Replacement): Promise<boolean>;
  refersTo(sql: TenantSql, organizationId: string, key: Buffer): Promise<boolean>;
}

/** Every sealed column of the database; a test compares this list with the catalogue. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  versioned("secrets", "value"),
  versioned("oauth_apps", "credential"),
  versioned("webhook_endpoints", "secret"),
  versioned("credentials", "data", "connection_id"),
  writtenOnce("refresh_journal", "answer"),
  writtenOnce("oauth_states", "draft"),
  writtenOnce("runs", "input"),
  writtenOnce("runs", "headers"),
  writtenOnce("runs", "result"),
  stepValue(),
  copied("revocations", "credential", {
    table: "credentials",
    column: "data",
    row: "connection_id",
    version: "credential_version",
  }),
  copied("revocations", "answer", {
    table: "refresh_journal",
    column: "answer",
    row: "answer_id",
    version: null,
  }),
  copied("revocations", "app", {
    table: "oauth_apps",
    column: "credential",
    row: "app_id",
    version: "app_version",
  }),
];

/** A column of a row with a version of its own: the value is sealed for it. */
function versioned(table: string, column: string, id = "id"): SealedColumn {
  return byId({ table, column, id, version: "version" });
}

/** A column whose value never changes: its version is 1. */
function writtenOnce(table: string, column: string): SealedColumn {
  return byId({ table, column, id: "id", version: null });
}

/** A column of copies, which open as what they were copied from: `row` and `version` are columns that name it. */
function copied(
  table: string,
  column: string,
  from: {
    readonly table: string;
    readonly column: string;
    readonly row: string;
    readonly version: string | null;
  },
): SealedColumn {
  const copyOf = { table: from.table, column: from.column };
  return { ...byId({ table, column, id: "id", row: from.row, version: from.version }), copyOf };
}

function byId(where: {
  readonly table: string;
  readonly column: string;
  readonly id: string;
  /** The column that names the row in the values' place. Default: `id`. */
  readonly row?: string;
  readonly version: string | null;
}): SealedColumn {
  const { table, column } = where;
  const stored = `${column}_sealed`;
  return {
    table,
    column,
    next: async (sql, { organizationId, exceptKey, after, limit }) =>
      sql<SealedRow[]>`
        select ${sql(where.row ?? where.id)} as row, ${where.version === null ? sql`1` : sql(where.version)} as version,
          ${sql(stored)} as sealed, jsonb_build_object('id', ${sql(where.id)}, 'position', 0) as cursor
        from ${sql(table)}
        where organization_id = ${organizationId} and ${sql(where.id)} > ${after.id}
          and substring(${sql(stored)} from 2 for 16) <> ${exceptKey}
        order by ${sql(where.id)} limit ${limit}`,
    replace: async (sql, { organizationId, cursor, from, to }) => {
      const rows = await sql`
        update ${sql(table)} set ${sql(stored)} = ${to}
        where organization_id = ${organizationId} and ${sql(where.id)} = ${cursor.id} and ${sql(stored)} = ${from}
        returning 1`;
      return rows.length === 1;
    },
    refersTo: async (sql, organizationId, key) => {
      const rows = await sql`
        select 1 from ${sql(table)}
        where organization_id = ${organizationId} and substring(${sql(stored)} from 2 for 16) = ${key} limit 1`;
      return rows.length > 0;
    },
  };
}

function stepValue(): SealedColumn {
  return {
    table: "steps",
    column: "value",
    next: async (sql, { organizationId, exceptKey, after, limit }) =>
      sql<SealedRow[]>`
        select run_id || '/' || position as row, 1 as version, value_sealed as sealed,
          jsonb_build_object('id', run_id, 'position', position) as cursor
        from steps
        where organization_id = ${organizationId} and (run_id, position) > (${after.id}, ${after.position})
          and substring(value_sealed from 2 for 16) <> ${exceptKey}
        order by run_id, position limit ${limit}`,
    replace: async (sql, { organizationId, cursor, from, to }) => {
      const rows = await sql`
        update steps set value_sealed = ${to}
        where organization_id = ${organizationId} and run_id = ${cursor.id} and position = ${cursor.position}
          and value_sealed = ${from}
        returning 1`;
      return rows.length === 1;
    },
    refersTo: async (sql, organizationId, key) => {
      const rows = await sql`
        select 1 from steps
        where organization_id = ${organizationId} and substring(value_sealed from 2 for 16) = ${key} limit 1`;
      return rows.length > 0;
    },
  };
}
