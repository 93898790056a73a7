import { endpoint } from "#api/endpoint.ts";
import { audit } from "#api/middleware/audit.ts";
import { findCustomer } from "#api/references.ts";
import { actorOf } from "#api/routes/connections/find.ts";
import { findIrrevocable, removeConnections } from "#runtime/connections/remove-connections.ts";
import { afterDeadlocks } from "#runtime/db/after-deadlocks.ts";
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
  const tenant = async <T>(work: (sql: TenantSql) => Promise<T>) =>
    asOrganization(parts.database, organizationId, work);
  const find = async (sql: TenantSql, named: string) => {
    const found = await findCustomer(sql, caller, named);
    await requireCustomerReach(sql, caller, found);
    return found;
  };
  const { id } = await tenant((sql) => find(sql, params.customer));
  const owning = { customerId: id };
  const irrevocable = await findIrrevocable(parts, organizationId, owning);
  const remove = async (sql: TenantSql): Promise<void> => {
    const { slug } = await find(sql, id);
    const actor = actorOf(call);
    const cause = "customer.delete";
    const connections = await removeConnections(sql, { organizationId, owning, irrevocable, actor, cause });
    await sql`delete from customers where organization_id = ${organizationId} and id = ${id}`;
    await audit(sql, call, { resourceId: id, details: { slug, connections } });
  };
  await afterDeadlocks(async () => tenant(remove));
  return { status: 204, body: null };
});
