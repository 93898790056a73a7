import { endpoint } from "#api/endpoint.ts";
import { audit } from "#api/middleware/audit.ts";
import { requireReach } from "#api/middleware/permission.ts";
import { findCustomer } from "#api/references.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { customerParams } from "./schema.ts";

export const removeCustomer = endpoint({
  method: "delete",
  path: "/customers/{customer}",
  operationId: "removeCustomer",
  tag: "Customers",
  summary: "Delete a customer",
  description: "Erases its data: its secrets, and its runs with their inputs, results and logs.",
  scope: "customers:manage",
  action: "customer.delete",
  params: customerParams,
  answers: { 204: { description: "It is gone.", schema: null } },
}).handledBy(async (call) => {
  const { parts, caller, params } = call;
  await asOrganization(parts.database, caller.organizationId, async (sql) => {
    const { id, slug } = await findCustomer(sql, caller, params.customer);
    if (caller.kind === "test") {
      const [production] = await sql`
          select 1 from environments e
          where e.organization_id = ${caller.organizationId} and e.production and (
            exists (select 1 from secrets s where s.organization_id = e.organization_id and s.environment_id = e.id and s.customer_id = ${id})
            or exists (select 1 from runs r where r.organization_id = e.organization_id and r.environment_id = e.id and r.customer_id = ${id}))`;
      requireReach(caller, {
        production: production !== undefined,
        what: `"${slug}" has secrets or runs there`,
      });
    }
    await sql`delete from customers where organization_id = ${caller.organizationId} and id = ${id}`;
    await audit(sql, call, { resourceId: id, details: { slug } });
  });
  return { status: 204, body: null };
});
