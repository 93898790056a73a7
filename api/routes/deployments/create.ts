import { endpoint } from "#api/endpoint.ts";
import { audit } from "#api/middleware/audit.ts";
import { REPLAYED, createSlowly } from "#api/middleware/idempotency.ts";
import { requireScope } from "#api/middleware/permission.ts";
import { findEnvironment, findVersion, findWorkflow } from "#api/references.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { NotFoundError } from "#runtime/errors.ts";
import { deploy } from "#runtime/workflows/deploy.ts";
import {
  createDeploymentBody,
  deploymentSchema,
  selectDeployments,
  showDeployment,
  workflowDeploymentsParams,
} from "./schema.ts";
import type { DeploymentRow } from "./schema.ts";

export const createDeployment = endpoint({
  method: "post",
  path: "/workflows/{workflow}/deployments",
  operationId: "createDeployment",
  tag: "Deployments",
  summary: "Deploy a version",
  description:
    "The version before it ends. Needs the scope `workflows:deploy_prod` for a production environment, else `workflows:deploy_test`.",
  scope: ["workflows:deploy_test", "workflows:deploy_prod"],
  action: "deployment.create",
  idempotent: true,
  params: workflowDeploymentsParams,
  body: createDeploymentBody,
  bodyExample: { environment: "staging", version: 3 },
  answers: { 201: { description: "The deployment, which is live.", schema: deploymentSchema } },
}).handledBy(async (call) => {
  const { parts, caller, params, body } = call;
  const { organizationId } = caller;
  const tenant = <T>(work: (sql: TenantSql) => Promise<T>) =>
    asOrganization(parts.database, organizationId, work);
  const target = await tenant(async (sql) => {
    const environment = await findEnvironment(sql, caller, body.environment);
    requireScope(caller, environment.production ? "workflows:deploy_prod" : "workflows:deploy_test");
    const workflow = await findWorkflow(sql, caller, params.workflow);
    return { environment, workflow, version: await findVersion(sql, caller, workflow, body.version) };
  });
  const { value, replayed } = await createSlowly(call, {
    create: async (complete) => {
      const { environment, workflow, version } = target;
      const { deploymentId: id } = await deploy(
        parts.database,
        {
          organizationId,
          environmentId: environment.id,
          workflowId: workflow.id,
          versionId: version.id,
          createdBy: caller.keyId,
        },
        async (sql, deploymentId) => {
          await complete(sql, deploymentId);
          await audit(sql, call, {
            resourceId: deploymentId,
            details: { workflow: workflow.slug, environment: environment.slug, version: version.number },
          });
        },
      );
      return tenant((sql) => readDeployment(sql, organizationId, id));
    },
    find: (sql, id) => readDeployment(sql, organizationId, id),
  });
  return { status: 201, body: showDeployment(value), headers: replayed ? REPLAYED : {} };
});

async function readDeployment(sql: TenantSql, organizationId: string, id: string): Promise<DeploymentRow> {
  const [row] = await sql<DeploymentRow[]>`
    ${selectDeployments(sql)} where d.organization_id = ${organizationId} and d.id = ${id}`;
  if (row === undefined) {
    throw new NotFoundError("deployment", id);
  }
  return row;
}
