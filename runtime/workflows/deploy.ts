import { asOrganization } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import type { Database } from "#runtime/db/connect.ts";
import { newId } from "#runtime/ids.ts";

export interface Deploy {
  readonly organizationId: string;
  readonly environmentId: string;
  readonly workflowId: string;
  readonly versionId: string;
  readonly createdBy: string | null;
}

/**
 * Puts a version live in an environment; the one before it ends. Rolling back is the same with an older
 * version. Runs that were accepted before keep the version they were accepted with.
 *
 * @param inSameTransaction - More to write together with the deployment, such as its audit event.
 */
export async function deploy(
  database: Database,
  request: Deploy,
  inSameTransaction: (sql: TenantSql, deploymentId: string) => Promise<void> = async () => undefined,
): Promise<{ readonly deploymentId: string }> {
  const { organizationId, environmentId, workflowId, versionId, createdBy } = request;
  const deploymentId = newId();
  await asOrganization(database, organizationId, async (sql) => {
    // Two deployments at once take turns here, so that exactly one is live.
    await sql`select 1 from workflows where organization_id = ${organizationId} and id = ${workflowId} for update`;
    await sql`
      update deployments set live = false, ended_at = now()
      where organization_id = ${organizationId} and environment_id = ${environmentId} and workflow_id = ${workflowId} and live`;
    await sql`
      insert into deployments (id, organization_id, environment_id, workflow_id, version_id, created_by)
      values (${deploymentId}, ${organizationId}, ${environmentId}, ${workflowId}, ${versionId}, ${createdBy})`;
    await inSameTransaction(sql, deploymentId);
  });
  return { deploymentId };
}
