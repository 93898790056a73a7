import { endpoint } from "#api/endpoint.ts";
import { audit } from "#api/middleware/audit.ts";
import { findCustomer } from "#api/references.ts";
import { actorOf } from "#api/routes/connections/find.ts";
import { findIrrevocable, removeConnections } from "#runtime/connections/remove-connections.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { customerParams, requireCustomerReach } from "./schema.ts";

export const removeCustomer = endpoint({
  method: "delete",
  path: "/customers/{customer}",
  operationId: "removeCustomer",
  tag: "Customers",
  summary: "Delete a customer",
  description:
    "Erases its data: its secrets, its connections with their credentials, and its runs with their inputs, results and logs. Shortly after, its tokens are ended at their providers, where these can be asked to; what a provider does not take is tried again for nine hours.",
  scope: "customers:manage",
  action: "customer.delete",
  params: customerParams,
  answers: { 204: { description: "It is gone.", schema: null } },
}).handledBy(async (call) => {
  const { parts, caller, params } = call;
  const { organizationId } = caller;
  const find = async (sql: TenantSql) => {
    const found = await findCustomer(sql, caller, params.customer);
    await requireCustomerReach(sql, caller, found);
    return found;
  };
  const { id: customerId } = await asOrganization(parts.database, organizationId, find);
  const owning = { customerId };
  const irrevocable = await findIrrevocable(parts, organizationId, owning);
  await asOrganization(parts.database, organizationId, async (sql) => {
    const { id, slug } = await find(sql);
    const actor = actorOf(call);
    const cause = "customer.delete";
    const connections = await removeConnections(sql, { organizationId, owning, irrevocable, actor, cause });
    await sql`delete from customers where organization_id = ${caller.organizationId} and id = ${id}`;
    await audit(sql, call, { resourceId: id, details: { slug, connections } });
  });
  return { status: 204, body: null };
});
