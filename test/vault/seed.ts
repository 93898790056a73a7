import type { Database } from "#runtime/db/connect.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { newId } from "#runtime/ids.ts";
import type { Keyring } from "#runtime/vault/keyring.ts";
import type { Place } from "#runtime/vault/place.ts";
import { seal } from "#runtime/vault/seal.ts";

/** An organization with what runs and secrets hang on. */
export interface Seed {
  readonly organizationId: string;
  readonly environmentId: string;
  readonly workflowId: string;
  readonly versionId: string;
}

/** Inserts an organization with an environment and a published workflow. */
export async function seedOrganization(database: Database): Promise<Seed> {
  const seed = { organizationId: newId(), environmentId: newId(), workflowId: newId(), versionId: newId() };
  const { organizationId } = seed;
  await asOrganization(database, organizationId, async (sql) => {
    await sql`insert into organizations (organization_id, name) values (${organizationId}, 'seed')`;
    await sql`
      insert into environments (id, organization_id, slug, name)
      values (${seed.environmentId}, ${organizationId}, 'test', 'test')`;
    await sql`
      insert into workflows (id, organization_id, slug, name) values (${seed.workflowId}, ${organizationId}, 'w', 'w')`;
    await sql`insert into bundles (organization_id, hash, code) values (${organizationId}, 'h', '')`;
    await sql`
      insert into versions (id, organization_id, workflow_id, number, bundle_hash, manifest)
      values (${seed.versionId}, ${organizationId}, ${seed.workflowId}, 1, 'h', '{}')`;
  });
  return seed;
}

export function secretPlace(organizationId: string, id: string, version = 1): Place {
  return { organizationId, table: "secrets", row: id, column: "value", version };
}

export function runPlace(organizationId: string, id: string, column: "input" | "headers" | "result"): Place {
  return { organizationId, table: "runs", row: id, column, version: 1 };
}

export function stepPlace(organizationId: string, runId: string, position: number): Place {
  return { organizationId, table: "steps", row: `${runId}/${String(position)}`, column: "value", version: 1 };
}

/** Stores a sealed secret; resolves to its id. */
export async function insertSecret(
  database: Database,
  keyring: Keyring,
  seed: Seed,
  value: string,
): Promise<string> {
  const { organizationId, environmentId } = seed;
  const id = newId();
  const sealed = await seal(keyring, secretPlace(organizationId, id), value);
  await asOrganization(
    database,
    organizationId,
    (sql) => sql`
      insert into secrets (id, organization_id, environment_id, name, value_sealed)
      values (${id}, ${organizationId}, ${environmentId}, ${`S_${id}`}, ${sealed})`,
  );
  return id;
}

/** Stores a run with a sealed input and result, and one step; resolves to its id. */
export async function insertRun(
  database: Database,
  keyring: Keyring,
  seed: Seed,
  text: string,
): Promise<string> {
  const { organizationId } = seed;
  const id = newId();
  const input = await seal(keyring, runPlace(organizationId, id, "input"), `input ${text}`);
  const result = await seal(keyring, runPlace(organizationId, id, "result"), `result ${text}`);
  const step = await seal(keyring, stepPlace(organizationId, id, 0), `step ${text}`);
  await asOrganization(database, organizationId, async (sql) => {
    await sql`
      insert into runs (id, organization_id, environment_id, workflow_id, version_id, tier, trigger, max_attempts,
        input_sealed, result_sealed)
      values (${id}, ${organizationId}, ${seed.environmentId}, ${seed.workflowId}, ${seed.versionId}, 'standard', 'api', 1,
        ${input}, ${result})`;
    await sql`
      insert into steps (organization_id, run_id, position, attempt, name, status, value_sealed, started_at)
      values (${organizationId}, ${id}, 0, 1, 'step', 'completed', ${step}, now())`;
  });
  return id;
}
