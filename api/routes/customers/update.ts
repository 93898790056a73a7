import { endpoint } from "#api/endpoint.ts";
import { audit } from "#api/middleware/audit.ts";
import { findCustomer } from "#api/references.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { NotFoundError } from "#runtime/errors.ts";
import {
  customerColumns,
  customerParams,
  customerSchema,
  requireCustomerReach,
  showCustomer,
  updateCustomerBody,
} from "./schema.ts";
import type { CustomerRow } from "./schema.ts";

export const updateCustomer = endpoint({
  method: "patch",
  path: "/customers/{customer}",
  operationId: "updateCustomer",
  tag: "Customers",
  summary: "Change a customer",
  description:
    "Fields that are not sent stay as they are; `metadata` is replaced as a whole. The slug never changes.",
  scope: "customers:manage",
  action: "customer.update",
  params: customerParams,
  body: updateCustomerBody,
  bodyExample: { status: "suspended" },
  answers: { 200: { description: "The customer as it is now.", schema: customerSchema } },
}).handledBy(async (call) => {
  const { parts, caller, params, body } = call;
  const { name, status, externalId, metadata } = body;
  const row = await asOrganization(parts.database, caller.organizationId, async (sql) => {
    const { id, slug } = await findCustomer(sql, caller, params.customer);
    // Its runs in production see all of these fields, and a suspension stops them.
    await requireCustomerReach(sql, caller, { id, slug });
    const [changed] = await sql<CustomerRow[]>`
        update customers set
          name = ${name ?? sql`name`},
          status = ${status ?? sql`status`},
          external_id = ${externalId === undefined ? sql`external_id` : externalId},
          metadata = ${metadata === undefined ? sql`metadata` : sql.json(metadata)},
          updated_at = now()
        where organization_id = ${caller.organizationId} and id = ${id}
        returning ${customerColumns(sql)}`;
    if (changed === undefined) {
      throw new NotFoundError("customer", params.customer);
    }
    await audit(sql, call, { resourceId: id, details: { fields: Object.keys(body) } });
    return changed;
  });
  return { status: 200, body: showCustomer(row) };
});
