import { z } from "@hono/zod-openapi";
import type { Caller } from "#api/caller.ts";
import { displayName, id, instant, isId, mention, reference } from "#api/fields.ts";
import { requireReach } from "#api/middleware/permission.ts";
import { pageOf, pageQuery } from "#api/page.ts";
import type { ApiParts } from "#api/parts.ts";
import { redirectUri } from "#runtime/connections/authorization-state.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { NotFoundError } from "#runtime/errors.ts";

const SECRET_NAMES = ["clientSecret", "privateKey", "keyId", "certificate", "certificateKey"] as const;

export const oauthAppSchema = z
  .object({
    id,
    connector: z.string(),
    environment: mention.nullable().openapi({ description: "Null: for every environment without its own." }),
    name: z.string(),
    clientId: z.string(),
    secrets: z
      .array(z.enum(SECRET_NAMES))
      .openapi({ description: "Which secrets are set. None is ever shown." }),
    scopes: z.array(z.string()).nullable().openapi({
      description:
        "Asked for instead of the connector's own when an account's owner is asked for consent; null: the connector's own.",
    }),
    redirectUri: z.string().openapi({ description: "Register this at the provider." }),
    createdAt: instant,
    updatedAt: instant,
  })
  .openapi("OAuthApp", {
    description: "The client that you registered with a provider.",
    example: {
      id: "019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e77",
      connector: "acme-crm",
      environment: null,
      name: "Acme CRM",
      clientId: "tenon-production",
      secrets: ["clientSecret"],
      scopes: null,
      redirectUri: "https://tenon.example.com/oauth/callback/acme-crm",
      createdAt: "2026-11-22T09:30:00.000Z",
      updatedAt: "2026-11-22T09:30:00.000Z",
    },
  });

export const oauthAppPage = pageOf(oauthAppSchema);
export const oauthAppParams = z.strictObject({
  app: z
    .string()
    .min(1)
    .max(200)
    .openapi({ description: "Id of the OAuth app.", example: "019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e77" }),
});
export const oauthAppsQuery = z.strictObject({
  connector: z
    .string()
    .max(100)
    .optional()
    .openapi({ description: "Slug of a connector.", example: "acme-crm" }),
  environment: reference("environment", "staging").optional(),
  ...pageQuery,
});

// What follows a line break in a header or a form would be somebody else's.
const oneLine = (max: number) =>
  z
    .string()
    .max(max)
    // oxlint-disable-next-line no-control-regex
    .regex(/^[^\u0000-\u001f\u007f]*$/, "must not contain line breaks or control characters");
const pem = z.string().max(20_000);

const scopes = z.array(oneLine(500).min(1)).max(500).nullable();

/** Secrets as they are sent; a blank is none, and keeps what is there. */
const secretFields = {
  clientSecret: oneLine(4_000).optional(),
  privateKey: pem
    .optional()
    .openapi({ description: "PKCS #8 PEM, where the provider wants `private_key_jwt`." }),
  keyId: oneLine(500).optional().openapi({ description: "The provider's name of that key." }),
  certificate: pem.optional().openapi({ description: "PEM, where the provider wants mutual TLS." }),
  certificateKey: pem.optional().openapi({ description: "PEM." }),
};

export const createOAuthAppBody = z.strictObject({
  connector: z
    .string()
    .min(1)
    .max(100)
    .openapi({ description: "Slug of the connector.", example: "acme-crm" }),
  environment: reference("environment", "staging").nullable().default(null),
  name: displayName.optional().openapi({ description: "Default: the connector's name." }),
  clientId: oneLine(1_000).min(1),
  ...secretFields,
  scopes: scopes.default(null),
});

export const updateOAuthAppBody = z.strictObject({
  name: displayName.optional(),
  clientId: oneLine(1_000).min(1).optional(),
  ...secretFields,
  scopes: scopes.optional(),
});

/** A row of the table, as it is read for an answer. */
export interface OAuthAppRow {
  readonly id: string;
  readonly connector: string;
  readonly environment: { readonly id: string; readonly slug: string } | null;
  readonly production: boolean | null;
  readonly name: string;
  readonly clientId: string;
  readonly secretFields: readonly (typeof SECRET_NAMES)[number][];
  readonly version: number;
  readonly scopes: string[] | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Selects `OAuthAppRow`s; `a` is the app, `e` its environment. */
export function selectOAuthApps(sql: TenantSql) {
  return sql`
    select a.id, a.connector, case when e.id is not null then jsonb_build_object('id', e.id, 'slug', e.slug) end as environment,
      e.production, a.name, a.client_id, a.secret_fields, a.version, a.scopes, a.created_at, a.updated_at
    from oauth_apps a
    left join environments e on e.organization_id = a.organization_id and e.id = a.environment_id`;
}

/** Reads an app by id; refuses a test key where it serves production and `change` is meant. */
export async function findOAuthApp(
  sql: TenantSql,
  caller: Caller,
  named: string,
  purpose: "read" | "change",
): Promise<OAuthAppRow> {
  const [row] = isId(named)
    ? await sql<OAuthAppRow[]>`
        ${selectOAuthApps(sql)} where a.organization_id = ${caller.organizationId} and a.id = ${named}`
    : [];
  if (row === undefined) {
    throw new NotFoundError("OAuth app", named);
  }
  if (purpose === "change" && row.environment === null) {
    await requireSharedReach(sql, caller);
  }
  requireReach(caller, { production: row.production === true, what: `the app "${row.name}" is of it` });
  return row;
}

/** An app of no environment serves production too, where there is one: a test key does not set it. */
export async function requireSharedReach(sql: TenantSql, caller: Caller): Promise<void> {
  const production = await sql`
    select 1 from environments where organization_id = ${caller.organizationId} and production limit 1`;
  requireReach(caller, {
    production: production.length > 0,
    what: "an app without an environment serves it too; name an environment",
  });
}

/** The row as the API shows it. */
export function showOAuthApp(parts: ApiParts, row: OAuthAppRow): z.input<typeof oauthAppSchema> {
  const { id: appId, connector, environment, name, clientId } = row;
  return {
    id: appId,
    connector,
    environment,
    name,
    clientId,
    secrets: [...row.secretFields],
    scopes: row.scopes,
    redirectUri: redirectUri(parts.publicUrl(), connector),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
