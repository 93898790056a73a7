import { endpoint } from "#api/endpoint.ts";
import { audit } from "#api/middleware/audit.ts";
import { findCustomer } from "#api/references.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { customerParams, requireCustomerReach } from "./schema.ts";

export const removeCustomer = endpoint({
  method: "delete",
  path: "/customers/{customer}",
  operationId: "removeCustomer",
  tag: "Customers",
  summary: "Delete a customer",
  description:
    "Erases its data: its secrets, its connections with their credentials (disconnect them first to end these upstream), and its runs with their inputs, results and logs.",
  scope: "customers:manage",
  action: "customer.delete",
  params: customerParams,
  answers: { 204: { description: "It is gone.", schema: null } },
}).handledBy(async (call) => {
  const { parts, caller, params } = call;
  await asOrganization(parts.database, caller.organizationId, async (sql) => {
    const { id, slug } = await findCustomer(sql, caller, params.customer);
    await requireCustomerReach(sql, caller, { id, slug });
    await sql`delete from customers where organization_id = ${caller.organizationId} and id = ${id}`;
    await audit(sql, call, { resourceId: id, details: { slug } });
  });
  return { status: 204, body: null };
});
