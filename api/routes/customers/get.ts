import type { Caller } from "#api/caller.ts";
import { endpoint } from "#api/endpoint.ts";
import { findCustomer } from "#api/references.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { NotFoundError } from "#runtime/errors.ts";
import { customerColumns, customerParams, customerSchema, showCustomer } from "./schema.ts";
import type { CustomerRow } from "./schema.ts";

export const getCustomer = endpoint({
  method: "get",
  path: "/customers/{customer}",
  operationId: "getCustomer",
  tag: "Customers",
  summary: "Read a customer",
  scope: "customers:read",
  action: "customer.read",
  params: customerParams,
  answers: { 200: { description: "The customer.", schema: customerSchema } },
}).handledBy(async ({ parts, caller, params }) => {
  const row = await asOrganization(parts.database, caller.organizationId, async (sql) => {
    const { id } = await findCustomer(sql, caller, params.customer);
    return readCustomer(sql, caller, id);
  });
  return { status: 200, body: showCustomer(row) };
});

/** Reads one customer by id. */
export async function readCustomer(sql: TenantSql, caller: Caller, id: string): Promise<CustomerRow> {
  const [row] = await sql<CustomerRow[]>`
    select ${customerColumns(sql)} from customers where organization_id = ${caller.organizationId} and id = ${id}`;
  if (row === undefined) {
    throw new NotFoundError("customer", id);
  }
  return row;
}
