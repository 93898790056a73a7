import { z } from "@hono/zod-openapi";
import { displayName, id, instant, instantInput, isId } from "#api/fields.ts";
import { pageOf, pageQuery } from "#api/page.ts";
import { GRANTS } from "#api/scopes.ts";
import type { Grant } from "#api/scopes.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { NotFoundError } from "#runtime/errors.ts";

const kind = z.enum(["test", "live"]).openapi({ description: "Test keys reach no production environment." });

export const apiKeySchema = z
  .object({
    id,
    name: z.string(),
    kind,
    preview: z.string(),
    scopes: z.array(z.enum(GRANTS)),
    expiresAt: instant.nullable(),
    lastUsedAt: instant.nullable().openapi({ description: "To the minute." }),
    revokedAt: instant.nullable(),
    createdAt: instant,
  })
  .openapi("ApiKey", {
    example: {
      id: "019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e77",
      name: "Continuous integration",
      kind: "test",
      preview: "tn_test_ab12…wxyz",
      scopes: ["workflows:read", "workflows:deploy_test"],
      expiresAt: null,
      lastUsedAt: null,
      revokedAt: null,
      createdAt: "2026-11-22T09:30:00.000Z",
    },
  });

export const newApiKeySchema = apiKeySchema
  .extend({
    key: z
      .string()
      .nullable()
      .openapi({ description: "The key itself, shown this once; null in a repeated answer." }),
    warning: z.string().nullable(),
  })
  .openapi("NewApiKey", { example: undefined });

export const currentSchema = z
  .object({
    organization: z.object({ id, name: z.string() }),
    key: apiKeySchema,
    scopes: z.array(z.enum(GRANTS)),
  })
  .openapi("CurrentKey");

export const apiKeyPage = pageOf(apiKeySchema);
export const apiKeyParams = z.strictObject({ id: z.string().openapi({ description: "Id of the API key." }) });
export const apiKeysQuery = z.strictObject(pageQuery);

export const createApiKeyBody = z.strictObject({
  name: displayName,
  kind,
  scopes: z.array(z.enum(GRANTS)).min(1).max(GRANTS.length).optional().openapi({
    description: "What it may do; `*` for everything. Default: the scopes of the key that creates it.",
  }),
  expiresAt: instantInput
    .refine((date) => date.getTime() > Date.now(), "must be in the future")
    .nullable()
    .optional()
    .openapi({
      type: ["string", "null"],
      format: "date-time",
      description: "Default: as the key that creates it.",
    }),
});

/** A row of the table, as it is read for an answer. */
export interface ApiKeyRow {
  readonly id: string;
  readonly name: string;
  readonly kind: "test" | "live";
  readonly preview: string;
  readonly scopes: Grant[];
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
  readonly createdAt: Date;
}

/** The row as the API shows it. */
export function showApiKey(row: ApiKeyRow): z.input<typeof apiKeySchema> {
  return {
    ...row,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  };
}

/** The columns of `ApiKeyRow`: never the hash. */
export function apiKeyColumns(sql: TenantSql) {
  return sql`id, name, kind, preview, scopes, expires_at, last_used_at, revoked_at, created_at`;
}

/** Reads one key by id. */
export async function readApiKey(sql: TenantSql, organizationId: string, named: string): Promise<ApiKeyRow> {
  const [row] = isId(named)
    ? await sql<ApiKeyRow[]>`
        select ${apiKeyColumns(sql)} from api_keys where organization_id = ${organizationId} and id = ${named}`
    : [];
  if (row === undefined) {
    throw new NotFoundError("API key", named);
  }
  return row;
}
