import { asOrganization } from "#runtime/db/tenant.ts";
import { contentHash, newId } from "#runtime/ids.ts";
import { seal } from "#runtime/vault/seal.ts";
import { manifestSchema } from "#runtime/workflows/manifest.ts";
import type { Tenant, TestApi } from "./server.ts";

/** A version as a worker would have accepted it, with what it says about itself; returns its id. */
export async function insertVersion(
  api: TestApi,
  tenant: Tenant,
  workflow: string,
  manifest: object = {},
): Promise<string> {
  const { organizationId } = tenant;
  const id = newId();
  const hash = contentHash(id);
  await asOrganization(api.db.database, organizationId, async (sql) => {
    await sql`
      insert into bundles (organization_id, hash, code, source)
      values (${organizationId}, ${hash}, 'var __tenonWorkflow = {};', 'export default () => null;')`;
    await sql`
      insert into versions (id, organization_id, workflow_id, number, bundle_hash, manifest)
      select ${id}, ${organizationId}, w.id,
        1 + (select count(*) from versions v where v.organization_id = w.organization_id and v.workflow_id = w.id),
        ${hash}, ${sql.json(manifestSchema.parse(manifest))}
      from workflows w where w.organization_id = ${organizationId} and w.slug = ${workflow}`;
  });
  return id;
}

/** How a run of a test stands. */
export interface RunFixture {
  readonly status: "queued" | "running" | "completed" | "failed";
  readonly input?: unknown;
  readonly result?: unknown;
  readonly logs?: readonly string[];
}

/** A run of the live version of a workflow, as a worker would have left it; returns its id. */
export async function insertRun(
  api: TestApi,
  tenant: Tenant,
  where: { readonly workflow: string; readonly environment: string },
  { status, input = null, result, logs = [] }: RunFixture,
): Promise<string> {
  const { organizationId } = tenant;
  const id = newId();
  const sealed = async (column: string, value: unknown) =>
    seal(
      api.parts.keyring,
      { organizationId, table: "runs", row: id, column, version: 1 },
      JSON.stringify(value),
    );
  const inputSealed = await sealed("input", input);
  const resultSealed = result === undefined ? null : await sealed("result", result);
  const ended = status === "completed" || status === "failed";
  const now = new Date();
  await asOrganization(api.db.database, organizationId, async (sql) => {
    await sql`
      insert into runs (id, organization_id, environment_id, workflow_id, version_id, tier, status, trigger, attempt,
        input_sealed, result_sealed, max_attempts, started_at, finished_at)
      select ${id}, d.organization_id, d.environment_id, d.workflow_id, d.version_id, 'standard', ${status}, 'api',
        ${status === "queued" ? 0 : 1}, ${inputSealed}, ${resultSealed}, 3, ${status === "queued" ? null : now},
        ${ended ? now : null}
      from deployments d
      join workflows w on w.organization_id = d.organization_id and w.id = d.workflow_id
      join environments e on e.organization_id = d.organization_id and e.id = d.environment_id
      where d.organization_id = ${organizationId} and d.live and w.slug = ${where.workflow} and e.slug = ${where.environment}`;
    if (status !== "queued") {
      await sql`
        insert into attempts (organization_id, run_id, number, status, worker)
        values (${organizationId}, ${id}, 1, ${status}, 'test')`;
    }
  });
  await insertLogs(api, tenant, id, 1, logs);
  return id;
}

/** More log lines of a run's first attempt, beginning at a line number. */
export async function insertLogs(
  api: TestApi,
  { organizationId }: Tenant,
  runId: string,
  firstLine: number,
  messages: readonly string[],
): Promise<void> {
  await asOrganization(api.db.database, organizationId, async (sql) => {
    for (const [index, message] of messages.entries()) {
      await sql`
        insert into run_logs (organization_id, run_id, attempt, line, at, level, message)
        values (${organizationId}, ${runId}, 1, ${firstLine + index}, now(), 'info', ${message})`;
    }
  });
}

/** Ends a live run, and tells the listeners as a worker does. */
export async function finishRun(api: TestApi, { organizationId }: Tenant, runId: string): Promise<void> {
  await asOrganization(api.db.database, organizationId, async (sql) => {
    await sql`
      update runs set status = 'running', started_at = now()
      where organization_id = ${organizationId} and id = ${runId} and status = 'queued'`;
    await sql`
      update runs set status = 'completed', finished_at = now()
      where organization_id = ${organizationId} and id = ${runId}`;
  });
  api.parts.notifier.publish({ runId, kind: "status", status: "completed" });
}
