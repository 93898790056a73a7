import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { asOrganization, asSystem } from "#runtime/db/tenant.ts";
import type { Database } from "#runtime/db/connect.ts";
import { newId } from "#runtime/ids.ts";
import { makeApiKey } from "#runtime/keys.ts";

/** The environment that a first start makes. */
const FIRST_ENVIRONMENT = { slug: "development", name: "Development" } as const;

const bootstrapFile = z.object({
  url: z.string(),
  organizationId: z.string(),
  environment: z.string(),
  apiKey: z.string(),
});

/** What the first start made, as kept in `bootstrap.json` for the command line. */
export type Bootstrap = z.output<typeof bootstrapFile>;

/** Makes the first organization with an environment and a key of all scopes; null when one exists already. */
export async function createFirstOrganization(database: Database): Promise<Omit<Bootstrap, "url"> | null> {
  const [existing] = await asSystem(database)`select 1 from organizations limit 1`;
  if (existing !== undefined) {
    return null;
  }
  const organizationId = newId();
  const { key, hash, preview } = makeApiKey("live");
  await asOrganization(database, organizationId, async (sql) => {
    await sql`insert into organizations (organization_id, name) values (${organizationId}, 'My organization')`;
    await sql`
      insert into environments (id, organization_id, slug, name)
      values (${newId()}, ${organizationId}, ${FIRST_ENVIRONMENT.slug}, ${FIRST_ENVIRONMENT.name})`;
    await sql`
      insert into api_keys (id, organization_id, name, kind, preview, hash, scopes)
      values (${newId()}, ${organizationId}, 'First key', 'live', ${preview}, ${hash}, ${["*"]})`;
  });
  return { organizationId, environment: FIRST_ENVIRONMENT.slug, apiKey: key };
}

/** Where `bootstrap.json` is. */
export function bootstrapPath(dataDir: string): string {
  return path.join(dataDir, "bootstrap.json");
}

/** Keeps what the command line needs to reach this installation, readable by its owner only. */
export function writeBootstrap(dataDir: string, bootstrap: Bootstrap): void {
  writeFileSync(bootstrapPath(dataDir), `${JSON.stringify(bootstrap, null, 2)}\n`, { mode: 0o600 });
}

/** Reads it back; null when it was removed or damaged. */
export function readBootstrap(dataDir: string): Bootstrap | null {
  try {
    return bootstrapFile.parse(JSON.parse(readFileSync(bootstrapPath(dataDir), "utf8")));
  } catch {
    return null;
  }
}
