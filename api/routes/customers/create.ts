import { endpoint } from "#api/endpoint.ts";
import { audit } from "#api/middleware/audit.ts";
import { REPLAYED, createOnce } from "#api/middleware/idempotency.ts";
import { newId } from "#runtime/ids.ts";
import { readCustomer } from "./get.ts";
import { createCustomerBody, customerColumns, customerSchema, showCustomer } from "./schema.ts";
import type { CustomerRow } from "./schema.ts";

export const createCustomer = endpoint({
  method: "post",
  path: "/customers",
  operationId: "createCustomer",
  tag: "Customers",
  summary: "Create a customer",
  scope: "customers:manage",
  action: "customer.create",
  idempotent: true,
  body: createCustomerBody,
  bodyExample: { slug: "acme", name: "Acme", externalId: "42", metadata: { plan: "pro" } },
  answers: { 201: { description: "The new customer.", schema: customerSchema } },
}).handledBy(async (call) => {
  const { caller, body } = call;
  const id = newId();
  const { value, replayed } = await createOnce(call, {
    id,
    create: async (sql) => {
      const [row] = await sql<[CustomerRow]>`
          insert into customers (id, organization_id, slug, name, external_id, status, metadata)
          values (${id}, ${caller.organizationId}, ${body.slug}, ${body.name ?? body.slug}, ${body.externalId},
            ${body.status}, ${sql.json(body.metadata)})
          returning ${customerColumns(sql)}`;
      await audit(sql, call, { resourceId: id, details: { slug: body.slug } });
      return row;
    },
    find: (sql, earlier) => readCustomer(sql, caller, earlier),
  });
  return { status: 201, body: showCustomer(value), headers: replayed ? REPLAYED : {} };
});
