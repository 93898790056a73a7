import { z } from "@hono/zod-openapi";
import { displayName, id, instant } from "#api/fields.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { NotFoundError } from "#runtime/errors.ts";

export const organizationSchema = z
  .object({
    id,
    name: z.string().openapi({ description: "What people read on connect pages." }),
    createdAt: instant,
  })
  .openapi("Organization", {
    example: {
      id: "019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e77",
      name: "Acme Inc.",
      createdAt: "2026-11-22T09:30:00.000Z",
    },
  });

export const updateOrganizationBody = z.strictObject({ name: displayName });

interface OrganizationRow {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
}

/** Reads the organization of a key. */
export async function readOrganization(sql: TenantSql, organizationId: string): Promise<OrganizationRow> {
  const [row] = await sql<OrganizationRow[]>`
    select organization_id as id, name, created_at from organizations where organization_id = ${organizationId}`;
  if (row === undefined) {
    throw new NotFoundError("organization", organizationId);
  }
  return row;
}

/** The row as the API shows it. */
export function showOrganization(row: OrganizationRow): z.input<typeof organizationSchema> {
  return { ...row, createdAt: row.createdAt.toISOString() };
}
