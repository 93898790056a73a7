import { builtInConnector } from "#connectors/index.ts";
import { readLock } from "#connectors/lock.ts";
import type { Database } from "#runtime/db/connect.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { ConflictError, NotFoundError } from "#runtime/errors.ts";
import { DefinitionError, parseConnector } from "#sdk/connector/parse.ts";
import type { Connector } from "#sdk/connector/schema.ts";
import type { OAuthApp } from "./credential.ts";
import type { ManagedApps } from "./managed-apps.ts";

/** A connector as it is now: its current version. */
export interface CatalogueEntry {
  readonly connector: Connector;
  readonly source: "built-in" | "organization";
  readonly version: number;
}

/** Every connector that an organization can use: those that ship with the product, and its own. */
export interface ConnectorCatalogue {
  /** @throws NotFoundError */
  load(organizationId: string, slug: string): Promise<CatalogueEntry>;
  /** The operator's OAuth app for a built-in connector; null: there is none. */
  managedApp(slug: string): OAuthApp | null;
}

/** Parsed definitions that one process keeps, and the characters that they come to as JSON: in memory several times that. */
const KEPT = 200;
const KEPT_CHARACTERS = 16_000_000;

interface Kept {
  readonly connector: Connector;
  readonly characters: number;
}

/** Opens the catalogue of one process. No own connector has the slug of a built-in one: creating it is refused. */
export function createCatalogue(
  database: Database,
  managedApps: ManagedApps = new Map(),
): ConnectorCatalogue {
  // By organization and hash: what a hash stands for never changes, so that an entry is never stale.
  const parsed = new Map<string, Kept>();
  return {
    load: async (organizationId, slug) => {
      const builtIn = builtInEntry(slug);
      if (builtIn !== null) {
        return builtIn;
      }
      const { hash, version, definition } = await readCurrent(database, organizationId, slug, parsed);
      const key = `${organizationId}/${hash}`;
      const entry = parsed.get(key) ?? {
        connector: parseStored(slug, definition),
        characters: JSON.stringify(definition).length,
      };
      keep(parsed, key, entry);
      return { connector: entry.connector, source: "organization", version };
    },
    managedApp: (slug) => managedApps.get(slug) ?? null,
  };
}

/** A cache: versions of built-in connectors change with a release only. */
let lock: ReturnType<typeof readLock> | undefined;

/** A connector that ships with the product; null: there is none of that slug. */
export function builtInEntry(slug: string): CatalogueEntry | null {
  const connector = builtInConnector(slug);
  lock ??= readLock();
  return connector === undefined
    ? null
    : { connector, source: "built-in", version: lock[slug]?.version ?? 1 };
}

interface CurrentVersion {
  readonly hash: string;
  readonly version: number;
  /** Null: its parsed form is kept already. */
  readonly definition: unknown;
}

async function readCurrent(
  database: Database,
  organizationId: string,
  slug: string,
  parsed: ReadonlyMap<string, Kept>,
): Promise<CurrentVersion> {
  return asOrganization(database, organizationId, async (sql) => {
    const [current] = await sql<{ id: string; hash: string; version: number }[]>`
      select v.id, v.hash, v.number as version
      from connectors c
      join connector_versions v on v.organization_id = c.organization_id and v.connector_id = c.id
        and v.number = c.current_version
      where c.organization_id = ${organizationId} and c.slug = ${slug}`;
    if (current === undefined) {
      throw new NotFoundError("connector", slug);
    }
    if (parsed.has(`${organizationId}/${current.hash}`)) {
      return { ...current, definition: null };
    }
    const [full] = await sql<{ definition: unknown }[]>`
      select definition from connector_versions where organization_id = ${organizationId} and id = ${current.id}`;
    return { ...current, definition: full?.definition ?? null };
  });
}

/** A definition that was good when it was stored may be refused by a later release. */
function parseStored(slug: string, definition: unknown): Connector {
  try {
    return parseConnector(definition);
  } catch (error) {
    if (error instanceof DefinitionError) {
      throw new ConflictError(
        `The connector "${slug}" does not fit this release any more; update it: ${error.message.slice(0, 1_000)}`,
        { code: "TENON_CONNECTOR_INVALID", issues: error.issues.slice(0, 100) },
      );
    }
    throw error;
  }
}

/** Forgets what was used longest ago. One definition is kept whatever its size. */
function keep(parsed: Map<string, Kept>, key: string, entry: Kept): void {
  parsed.delete(key);
  parsed.set(key, entry);
  let characters = [...parsed.values()].reduce((sum, kept) => sum + kept.characters, 0);
  for (const [oldest, kept] of parsed) {
    if (oldest === key || (parsed.size <= KEPT && characters <= KEPT_CHARACTERS)) {
      return;
    }
    parsed.delete(oldest);
    characters -= kept.characters;
  }
}
