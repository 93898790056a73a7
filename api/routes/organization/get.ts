import { endpoint } from "#api/endpoint.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { organizationSchema, readOrganization, showOrganization } from "./schema.ts";

export const getOrganization = endpoint({
  method: "get",
  path: "/organization",
  operationId: "getOrganization",
  tag: "Organization",
  summary: "Read the organization",
  scope: "organization:read",
  action: "organization.read",
  answers: { 200: { description: "The organization of this key.", schema: organizationSchema } },
}).handledBy(async ({ parts, caller: { organizationId } }) => {
  const row = await asOrganization(parts.database, organizationId, (sql) =>
    readOrganization(sql, organizationId),
  );
  return { status: 200, body: showOrganization(row) };
});
