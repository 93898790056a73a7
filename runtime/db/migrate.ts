import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import postgres from "postgres";
import type { ReservedSql } from "postgres";
import { SetupError } from "#runtime/errors.ts";
import { rolePassword } from "./connect.ts";
import type { DatabaseAccess, Role } from "./connect.ts";

const MIGRATIONS = path.join(import.meta.dirname, "migrations");
/** One arbitrary number that all processes share: only one of them migrates at a time. */
const MIGRATION_LOCK = 8_201_936_114;
const ROLES: readonly Role[] = ["tenon_app", "tenon_system"];

interface Migration {
  readonly number: number;
  readonly name: string;
  readonly text: string;
}

/**
 * Brings the schema to this version, as the owner, under an advisory lock: safe when every process does it
 * at start. A database of a newer Tenon is refused. Returns the names of the migrations that were applied.
 */
export async function migrate(access: DatabaseAccess): Promise<readonly string[]> {
  const owner = postgres(access.url, { max: 1, onnotice: () => undefined, connect_timeout: 10 });
  const sql = await owner.reserve();
  try {
    await sql`select pg_advisory_lock(${MIGRATION_LOCK})`;
    await ensureRoles(sql, access.masterKey);
    return await applyPending(sql);
  } finally {
    sql.release();
    await owner.end({ timeout: 5 });
  }
}

async function applyPending(sql: ReservedSql): Promise<readonly string[]> {
  await sql`create table if not exists tenon_migrations (
    number integer primary key, name text not null, applied_at timestamptz not null default now()
  )`;
  const applied = await sql<{ number: number }[]>`select number from tenon_migrations order by number`;
  const known = readMigrations();
  const newest = applied.at(-1)?.number ?? 0;
  const latest = known.at(-1)?.number ?? 0;
  if (newest > latest) {
    throw new SetupError(
      `The database has schema ${String(newest)} and this Tenon knows ${String(latest)}: it was used by a newer Tenon. Start that version, or use another TENON_DATA_DIR or DATABASE_URL.`,
    );
  }
  const pending = known.filter((migration) => migration.number > newest);
  for (const migration of pending) {
    await applyOne(sql, migration);
  }
  return pending.map((migration) => migration.name);
}

/** One migration is one transaction: it is applied whole or not at all. */
async function applyOne(sql: ReservedSql, migration: Migration): Promise<void> {
  await sql`begin`;
  try {
    await sql.unsafe(migration.text);
    await sql`insert into tenon_migrations (number, name) values (${migration.number}, ${migration.name})`;
    await sql`commit`;
  } catch (error) {
    await sql`rollback`;
    throw new SetupError(`The migration ${migration.name} failed: ${(error as Error).message}`, { cause: error });
  }
}

function readMigrations(): readonly Migration[] {
  return readdirSync(MIGRATIONS)
    .filter((file) => file.endsWith(".sql"))
    .sort()
    .map((file) => ({
      number: Number.parseInt(file, 10),
      name: file,
      text: readFileSync(path.join(MIGRATIONS, file), "utf8"),
    }));
}

/** Creates the two login roles, and sets their passwords anew when the derived ones no longer fit. */
async function ensureRoles(sql: ReservedSql, masterKey: Buffer): Promise<void> {
  for (const role of ROLES) {
    const password = rolePassword(masterKey, role);
    const stamp = rolePassword(masterKey, role).slice(0, 16);
    const [existing] = await sql<{ stamp: string | null }[]>`
      select shobj_description(oid, 'pg_authid') as stamp from pg_roles where rolname = ${role}`;
    if (existing?.stamp === stamp) {
      continue;
    }
    try {
      // Roles and passwords cannot be parameters; both are ours: a fixed name and hexadecimal digits.
      const verb = existing === undefined ? "create" : "alter";
      await sql.unsafe(`${verb} role ${role} login noinherit nocreatedb nocreaterole password '${password}'`);
      await sql.unsafe(`comment on role ${role} is '${stamp}'`);
    } catch (error) {
      throw new SetupError(
        `The database role ${role} could not be made: ${(error as Error).message}. The user of DATABASE_URL needs CREATEROLE.`,
        { cause: error },
      );
    }
  }
}
