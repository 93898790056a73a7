import { endpoint } from "#api/endpoint.ts";
import { toPage } from "#api/page.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { customerColumns, customerPage, customersQuery, showCustomer } from "./schema.ts";
import type { CustomerRow } from "./schema.ts";

export const listCustomers = endpoint({
  method: "get",
  path: "/customers",
  operationId: "listCustomers",
  tag: "Customers",
  summary: "List customers",
  scope: "customers:read",
  action: "customer.list",
  query: customersQuery,
  answers: { 200: { description: "A page of customers.", schema: customerPage } },
}).handledBy(async ({ parts, caller, query: { limit, cursor, status, externalId } }) => {
  const rows = await asOrganization(
    parts.database,
    caller.organizationId,
    async (sql) => sql<CustomerRow[]>`
        select ${customerColumns(sql)} from customers
        where organization_id = ${caller.organizationId}
          ${status === undefined ? sql`` : sql`and status = ${status}`}
          ${externalId === undefined ? sql`` : sql`and external_id = ${externalId}`}
          ${cursor === undefined ? sql`` : sql`and id < ${cursor}`}
        order by id desc limit ${limit + 1}`,
  );
  return { status: 200, body: toPage(rows, limit, showCustomer) };
});
