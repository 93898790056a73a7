import { endpoint } from "#api/endpoint.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { queryDeployments } from "./query.ts";
import {
  deploymentPage,
  deploymentsQuery,
  workflowDeploymentsParams,
  workflowDeploymentsQuery,
} from "./schema.ts";

export const listDeployments = endpoint({
  method: "get",
  path: "/deployments",
  operationId: "listDeployments",
  tag: "Deployments",
  summary: "List deployments",
  scope: "workflows:read",
  action: "deployment.list",
  query: deploymentsQuery,
  answers: { 200: { description: "A page of deployments.", schema: deploymentPage } },
}).handledBy(async ({ parts, caller, query }) => {
  const body = await asOrganization(parts.database, caller.organizationId, (sql) =>
    queryDeployments(sql, caller, query),
  );
  return { status: 200, body };
});

export const listWorkflowDeployments = endpoint({
  method: "get",
  path: "/workflows/{workflow}/deployments",
  operationId: "listWorkflowDeployments",
  tag: "Deployments",
  summary: "List the deployments of a workflow",
  scope: "workflows:read",
  action: "deployment.list",
  params: workflowDeploymentsParams,
  query: workflowDeploymentsQuery,
  answers: { 200: { description: "A page of deployments.", schema: deploymentPage } },
}).handledBy(async ({ parts, caller, params, query }) => {
  const body = await asOrganization(parts.database, caller.organizationId, (sql) =>
    queryDeployments(sql, caller, { ...query, workflow: params.workflow }),
  );
  return { status: 200, body };
});
