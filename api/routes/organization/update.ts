import { endpoint } from "#api/endpoint.ts";
import { audit } from "#api/middleware/audit.ts";
import { requireReach } from "#api/middleware/permission.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { organizationSchema, readOrganization, showOrganization, updateOrganizationBody } from "./schema.ts";

export const updateOrganization = endpoint({
  method: "patch",
  path: "/organization",
  operationId: "updateOrganization",
  tag: "Organization",
  summary: "Rename the organization",
  description: "Connect pages that are opened from now on show the new name.",
  scope: "organization:manage",
  action: "organization.update",
  body: updateOrganizationBody,
  bodyExample: { name: "Acme Inc." },
  answers: { 200: { description: "The organization as it is now.", schema: organizationSchema } },
}).handledBy(async (call) => {
  const { parts, caller, body } = call;
  const { organizationId } = caller;
  const row = await asOrganization(parts.database, organizationId, async (sql) => {
    const production = await sql`
      select 1 from environments where organization_id = ${organizationId} and production limit 1`;
    requireReach(caller, {
      production: production.length > 0,
      what: "the organization's name is shown there",
    });
    await sql`update organizations set name = ${body.name} where organization_id = ${organizationId}`;
    await audit(sql, call, { resourceId: organizationId, details: { fields: Object.keys(body) } });
    return readOrganization(sql, organizationId);
  });
  return { status: 200, body: showOrganization(row) };
});
