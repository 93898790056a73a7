import { z } from "@hono/zod-openapi";
import { displayName, id, instant, mention, reference } from "#api/fields.ts";
import { pageOf, pageQuery } from "#api/page.ts";
import { CONNECTION_STATUSES } from "#runtime/connections/read.ts";
import type { ConnectionRow } from "#runtime/connections/read.ts";

const status = z.enum(CONNECTION_STATUSES).openapi({
  description:
    "`reauthorize`: the account must be connected again. `degraded`, `provider_down`: it is tried again by itself. `app_misconfigured`: mend the OAuth app.",
});
const ownerKind = z.enum(["organization", "customer", "user"]);

export const verificationSchema = z
  .object({
    ok: z.boolean(),
    status: z.int().nullable().openapi({ description: "The provider's HTTP status; null: no answer." }),
    latencyMs: z.int(),
    reason: z.string().nullable().openapi({ description: "The provider's reason, without secrets." }),
    at: instant,
  })
  .openapi("Verification", {
    example: { ok: true, status: 200, latencyMs: 84, reason: null, at: "2026-11-22T09:30:00.000Z" },
  });

export const connectionSchema = z
  .object({
    id,
    connector: z.string(),
    method: z.string().openapi({ description: "The id of the connector's auth method." }),
    name: z.string(),
    description: z.string(),
    environment: mention,
    owner: z.object({
      kind: ownerKind,
      customer: mention.nullable(),
      user: z.string().nullable().openapi({ description: "The customer's own id of its user." }),
    }),
    status,
    problem: z
      .object({ code: z.string(), message: z.string(), at: instant })
      .nullable()
      .openapi({ description: "Why it is not healthy." }),
    fields: z.record(z.string(), z.string()).openapi({ description: "Plain fields." }),
    secrets: z.array(z.string()).openapi({ description: "Secret fields that are set. None is ever shown." }),
    account: z
      .object({ id: z.string(), name: z.string().nullable() })
      .nullable()
      .openapi({ description: "The upstream account, where the provider tells it." }),
    scopes: z.array(z.string()),
    tags: z.array(z.string()),
    metadata: z.record(z.string(), z.unknown()),
    verification: verificationSchema.nullable().openapi({ description: "The last one." }),
    expiresAt: instant
      .nullable()
      .openapi({ description: "When its access token ends; it is renewed before." }),
    reconnectBy: instant.nullable().openapi({
      description:
        "The last moment for a renewal; then it ends for good unless the account is connected again. A renewal puts off what only idleness ends.",
    }),
    expiringSoon: z
      .boolean()
      .openapi({ description: "It ends within 30 days, and no renewal puts that off." }),
    refreshedAt: instant.nullable(),
    lastUsedAt: instant.nullable(),
    createdAt: instant,
    updatedAt: instant,
  })
  .openapi("Connection", {
    description: "An authenticated account. Its credential is never shown.",
    example: {
      id: "019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e77",
      connector: "acme-crm",
      method: "api-key",
      name: "Acme CRM",
      description: "",
      environment: { id: "019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e78", slug: "staging" },
      owner: {
        kind: "customer",
        customer: { id: "019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e79", slug: "acme" },
        user: null,
      },
      status: "healthy",
      problem: null,
      fields: { subdomain: "acme" },
      secrets: ["apiKey"],
      account: { id: "42", name: "Acme Inc." },
      scopes: [],
      tags: ["crm"],
      metadata: {},
      verification: { ok: true, status: 200, latencyMs: 84, reason: null, at: "2026-11-22T09:30:00.000Z" },
      expiresAt: null,
      reconnectBy: null,
      expiringSoon: false,
      refreshedAt: null,
      lastUsedAt: null,
      createdAt: "2026-11-22T09:30:00.000Z",
      updatedAt: "2026-11-22T09:30:00.000Z",
    },
  });

export const connectionPage = pageOf(connectionSchema);

export const connectionParams = z.strictObject({
  connection: z
    .string()
    .min(1)
    .max(200)
    .openapi({ description: "Id of the connection.", example: "019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e77" }),
});

const flag = (description: string) =>
  z
    .enum(["true", "false"])
    .transform((text) => text === "true")
    .optional()
    .openapi({ type: "boolean", description });

export const connectionsQuery = z.strictObject({
  environment: reference("environment", "staging").optional(),
  connector: z.string().max(100).optional().openapi({ example: "acme-crm" }),
  customer: reference("customer", "acme").optional(),
  user: z.string().max(200).optional().openapi({ description: "The customer's own id of its user." }),
  owner: ownerKind.optional(),
  status: status.optional(),
  tag: z.string().max(100).optional(),
  expiringSoon: flag("Only those that end within 30 days, or only the others."),
  ...pageQuery,
});

const tags = z
  .array(z.string().trim().min(1).max(100))
  .max(50)
  .openapi({ example: ["crm"] });
const metadata = z
  .record(z.string(), z.unknown())
  .refine((value) => JSON.stringify(value).length <= 16_384, "must have at most 16 KB as JSON")
  .openapi({ description: "Plain facts of your own, up to 16 KB." });
const fields = z
  .record(z.string().max(64), z.string().max(65_536))
  .openapi({ description: "What the connector asks for, by field name.", example: { apiKey: "…" } });
const verify = z
  .boolean()
  .default(true)
  .openapi({ description: "Whether a credential that does not work is refused." });
const method = z
  .string()
  .max(100)
  .optional()
  .openapi({ description: "Default: the connector's own default.", example: "api-key" });
const returnUrl = z
  .string()
  .max(2_000)
  .nullable()
  .default(null)
  .openapi({ description: "Where the browser goes in the end; null: it stays on Tenon's page." });
const scopes = z
  .array(z.string().min(1).max(500))
  .max(500)
  .optional()
  .openapi({ description: "Asked for instead of the default ones." });

const newConnection = {
  connector: z.string().min(1).max(100).openapi({ example: "acme-crm" }),
  method,
  environment: reference("environment", "staging"),
  customer: reference("customer", "acme").nullable().default(null).openapi({
    description: "Whose account it is; null: the organization's own.",
  }),
  user: z
    .string()
    .min(1)
    .max(200)
    .nullable()
    .default(null)
    .openapi({ description: "The customer's own id of its user, when the account is this user's alone." }),
  name: displayName.optional().openapi({ description: "Default: the connector's name." }),
  description: z.string().max(2_000).default(""),
  fields: fields.default({}),
  tags: tags.default([]),
  metadata: metadata.default({}),
};

const belongs = "needs a customer: a user is one of a customer";

export const createConnectionBody = z
  .strictObject({ ...newConnection, verify })
  .refine(({ user, customer }) => user === null || customer !== null, { path: ["user"], error: belongs });

export const authorizeConnectionBody = z
  .strictObject({ ...newConnection, scopes, returnUrl })
  .refine(({ user, customer }) => user === null || customer !== null, { path: ["user"], error: belongs });

export const updateConnectionBody = z.strictObject({
  name: displayName.optional(),
  description: z.string().max(2_000).optional(),
  fields: fields.optional().openapi({
    description:
      "A field that is not sent, or blank, keeps its value. A secret must be sent again when its host changes.",
  }),
  tags: tags.optional(),
  metadata: metadata.optional(),
  verify,
});

export const reconnectConnectionBody = z.strictObject({
  method: method.openapi({ description: "Default: the method that it has." }),
  fields: fields.default({}),
  scopes,
  returnUrl,
  verify,
});

export const authorizationSchema = z
  .object({
    authorizeUrl: z.string().openapi({ description: "Open it in the browser of the account's owner." }),
    expiresAt: instant.openapi({ description: "Until then the answer is taken, once." }),
  })
  .openapi("Authorization", {
    example: {
      authorizeUrl: "https://acme.example/oauth/authorize?client_id=tenon&state=…",
      expiresAt: "2026-11-22T09:40:00.000Z",
    },
  });

export const reconnectionSchema = z
  .object({
    connection: connectionSchema,
    gainedScopes: z.array(z.string()),
    lostScopes: z.array(z.string()),
  })
  .openapi("Reconnection");

export const refreshSchema = z
  .object({
    status: z
      .enum(["refreshed", "fresh", "unavailable", "reauthorize", "app_misconfigured"])
      .openapi({ description: "`fresh`: somebody else has just renewed it." }),
    message: z.string().nullable(),
    connection: connectionSchema,
  })
  .openapi("RefreshResult");

export const disconnectionSchema = z
  .object({
    revoked: z.boolean().openapi({ description: "Whether the provider ended the credential." }),
    reason: z.string().nullable().openapi({ description: "Why it did not." }),
    connection: connectionSchema,
  })
  .openapi("Disconnection");

export const usageSchema = z
  .object({
    data: z.array(
      z.object({
        workflow: mention,
        environment: mention,
        version: z.int(),
        alias: z.string().openapi({ description: "What its code calls the connection." }),
        optional: z.boolean().openapi({ description: "It runs without the connection too." }),
      }),
    ),
  })
  .openapi("ConnectionUsage", {
    example: {
      data: [
        {
          workflow: { id: "019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e77", slug: "sync-invoices" },
          environment: { id: "019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e78", slug: "staging" },
          version: 3,
          alias: "crm",
          optional: false,
        },
      ],
    },
  });

/** The row as the API shows it. */
export function showConnection(row: ConnectionRow): z.input<typeof connectionSchema> {
  const { production: _, owner, customer, customerUser, secretFields, ...shown } = row;
  const time = (date: Date | null): string | null => date?.toISOString() ?? null;
  return {
    ...shown,
    owner: { kind: owner, customer, user: customerUser },
    fields: { ...row.fields },
    secrets: [...secretFields],
    scopes: [...row.scopes],
    tags: [...row.tags],
    expiresAt: time(row.expiresAt),
    reconnectBy: time(row.reconnectBy),
    refreshedAt: time(row.refreshedAt),
    lastUsedAt: time(row.lastUsedAt),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
