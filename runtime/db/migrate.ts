import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Client } from "pg";
import { SetupError } from "#runtime/errors.ts";
import { asOwner, rolePassword } from "./connect.ts";
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
  return asOwner(access.url, async (owner) => {
    await owner.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
    await ensureRoles(owner, access.masterKey);
    return applyPending(owner);
  });
}

async function applyPending(owner: Client): Promise<readonly string[]> {
  await owner.query(`create table if not exists tenon_migrations (
    number integer primary key, name text not null, applied_at timestamptz not null default now()
  )`);
  const { rows } = await owner.query<{ newest: number }>(
    "select coalesce(max(number), 0) as newest from tenon_migrations",
  );
  const known = readMigrations();
  const newest = rows[0]?.newest ?? 0;
  const latest = known.at(-1)?.number ?? 0;
  if (newest > latest) {
    throw new SetupError(
      `The database has schema ${String(newest)} and this Tenon knows ${String(latest)}: it was used by a newer Tenon. Start that version, or use another TENON_DATA_DIR or DATABASE_URL.`,
    );
  }
  const pending = known.filter((migration) => migration.number > newest);
  for (const migration of pending) {
    await applyOne(owner, migration);
  }
  return pending.map((migration) => migration.name);
}

/** One migration is one transaction: it is applied whole or not at all. */
async function applyOne(owner: Client, migration: Migration): Promise<void> {
  await owner.query("begin");
  try {
    await owner.query(migration.text);
    await owner.query("insert into tenon_migrations (number, name) values ($1, $2)", [
      migration.number,
      migration.name,
    ]);
    await owner.query("commit");
  } catch (error) {
    await owner.query("rollback");
    throw new SetupError(`The migration ${migration.name} failed: ${(error as Error).message}`, {
      cause: error,
    });
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
async function ensureRoles(owner: Client, masterKey: Buffer): Promise<void> {
  for (const role of ROLES) {
    const password = rolePassword(masterKey, role);
    // A fingerprint of the password in the role's comment: unchanged roles are left alone.
    const stamp = createHash("sha256").update(password).digest("hex").slice(0, 16);
    const { rows } = await owner.query<{ stamp: string | null }>(
      "select shobj_description(oid, 'pg_authid') as stamp from pg_roles where rolname = $1",
      [role],
    );
    if (rows[0]?.stamp === stamp) {
      continue;
    }
    try {
      // Roles and passwords cannot be parameters; both are ours: a fixed name and hexadecimal digits.
      const verb = rows.length === 0 ? "create" : "alter";
      await owner.query(
        `${verb} role ${role} login noinherit nocreatedb nocreaterole password '${password}'`,
      );
      await owner.query(`comment on role ${role} is '${stamp}'`);
    } catch (error) {
      throw new SetupError(
        `The database role ${role} could not be made: ${(error as Error).message}. The user of DATABASE_URL needs CREATEROLE.`,
        { cause: error },
      );
    }
  }
}
