import { z } from "@hono/zod-openapi";
import type { Caller } from "#api/caller.ts";
import { displayName, id, instant, reference, slug } from "#api/fields.ts";
import { LIMITS } from "#api/limits.ts";
import { requireReach } from "#api/middleware/permission.ts";
import { pageOf, pageQuery } from "#api/page.ts";
import type { SlugReference } from "#api/references.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";

// A page of customers is one answer, and every run of a customer carries these.
const metadata = z
  .record(z.string().max(100), z.unknown())
  .refine(
    (facts) => Buffer.byteLength(JSON.stringify(facts)) <= LIMITS.value,
    `must have at most ${String(LIMITS.value)} bytes of JSON`,
  )
  .openapi({
    description: "Plain facts of your own, visible to workflows as ctx.customer.metadata; at most 64 KB.",
    example: { plan: "pro" },
  });
const externalId = z
  .string()
  .min(1)
  .max(200)
  .openapi({ description: "What your own system calls it.", example: "42" });
const status = z
  .enum(["active", "suspended"])
  .openapi({ description: "No run is started for a suspended customer." });

export const customerSchema = z
  .object({
    id,
    slug: z.string(),
    name: z.string(),
    externalId: z.string().nullable(),
    status,
    metadata: z.record(z.string(), z.unknown()),
    createdAt: instant,
    updatedAt: instant,
  })
  .openapi("Customer", {
    example: {
      id: "019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e77",
      slug: "acme",
      name: "Acme",
      externalId: "42",
      status: "active",
      metadata: { plan: "pro" },
      createdAt: "2026-11-22T09:30:00.000Z",
      updatedAt: "2026-11-22T09:30:00.000Z",
    },
  });

export const customerPage = pageOf(customerSchema);
export const customerParams = z.strictObject({ customer: reference("customer", "acme") });
export const customersQuery = z.strictObject({
  status: status.optional(),
  externalId: externalId.optional(),
  ...pageQuery,
});

export const createCustomerBody = z.strictObject({
  slug,
  name: displayName.optional().openapi({ description: "Default: the slug." }),
  externalId: externalId.nullable().default(null),
  metadata: metadata.default({}),
  status: status.default("active"),
});

export const updateCustomerBody = z.strictObject({
  name: displayName.optional(),
  externalId: externalId.nullable().optional(),
  metadata: metadata.optional(),
  status: status.optional(),
});

/** A row of the table, as it is read for an answer. */
export interface CustomerRow {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly externalId: string | null;
  readonly status: "active" | "suspended";
  readonly metadata: Record<string, unknown>;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The columns of `CustomerRow`. */
export function customerColumns(sql: TenantSql) {
  return sql`id, slug, name, external_id, status, metadata, created_at, updated_at`;
}

/** The row as the API shows it. */
export function showCustomer(row: CustomerRow): z.input<typeof customerSchema> {
  return { ...row, createdAt: row.createdAt.toISOString(), updatedAt: row.updatedAt.toISOString() };
}

/** Refuses a test key where the customer has secrets, connections or runs in production. */
export async function requireCustomerReach(
  sql: TenantSql,
  caller: Caller,
  { id, slug }: SlugReference,
): Promise<void> {
  if (caller.kind !== "test") {
    return;
  }
  const [production] = await sql`
    select 1 from environments e
    where e.organization_id = ${caller.organizationId} and e.production and (
      exists (select 1 from secrets s where s.organization_id = e.organization_id and s.environment_id = e.id and s.customer_id = ${id})
      or exists (select 1 from connections c where c.organization_id = e.organization_id and c.environment_id = e.id and c.customer_id = ${id})
      or exists (select 1 from runs r where r.organization_id = e.organization_id and r.environment_id = e.id and r.customer_id = ${id}))`;
  requireReach(caller, {
    production: production !== undefined,
    what: `"${slug}" has secrets, connections or runs there`,
  });
}
