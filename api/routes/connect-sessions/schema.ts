import { z } from "@hono/zod-openapi";
import type { Caller } from "#api/caller.ts";
import { id, instant, isId, mention, reference, slug } from "#api/fields.ts";
import { requireReach } from "#api/middleware/permission.ts";
import { pageOf, pageQuery } from "#api/page.ts";
import { isSafeOrigin, isSafePage } from "#runtime/connections/return-url.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { NotFoundError } from "#runtime/errors.ts";

const MINUTE = 60;
const DAY = 86_400;

/** How long a session lives in seconds, when its maker does not say, and at the most. */
export const LIFETIMES = {
  session: { usual: 15 * MINUTE, longest: 60 * MINUTE },
  link: { usual: DAY, longest: 7 * DAY },
} as const;

const kind = z.enum(["session", "link"]).openapi({
  description:
    "`session`: its token opens one page, once. `link`: to be sent to a person; it can be opened again until it ends, and cuts off the page that was opened before.",
});
const origins = z
  .array(
    z
      .string()
      .refine(
        isSafeOrigin,
        "must be an origin such as https://app.example.com: no path, no slash at the end (http only towards localhost)",
      ),
  )
  .max(20)
  .openapi({
    description:
      "Pages that may frame the connect page, and that it tells of what happened by `postMessage`.",
    example: ["https://app.example.com"],
  });
const redirectUrl = z
  .string()
  .refine(isSafePage, "must be an https URL without credentials in it (http only towards localhost)")
  .openapi({
    description: "Where the person goes in the end, with `status`, `connection_id` and `error` in its query.",
    example: "https://app.example.com/integrations",
  });
const metadata = z
  .record(z.string(), z.unknown())
  .refine((value) => JSON.stringify(value).length <= 16_384, "must have at most 16384 characters as JSON");

export const connectSessionSchema = z
  .object({
    id,
    environment: mention,
    customer: mention,
    customerUser: z
      .string()
      .nullable()
      .openapi({ description: "Connections will be this user's; null: the whole customer's." }),
    kind,
    connectors: z.array(z.string()),
    connectionId: z.string().nullable().openapi({ description: "The only connection that it renews." }),
    allowedOrigins: z.array(z.string()),
    redirectUrl: z.string().nullable(),
    metadata: z.record(z.string(), z.unknown()),
    status: z.enum(["waiting", "open", "expired", "revoked"]).openapi({
      description: "`waiting`: its token was not used yet. `open`: a page is open.",
    }),
    expiresAt: instant,
    openedAt: instant.nullable(),
    createdAt: instant,
  })
  .openapi("ConnectSession");

export const newConnectSessionSchema = connectSessionSchema
  .extend({
    token: z
      .string()
      .nullable()
      .openapi({ description: "Shown this once; null when the request was a repeated one." }),
    url: z.string().nullable().openapi({
      description:
        "The page. Its token stands behind `#`, which browsers keep to themselves: no server log and no Referer ever holds it.",
    }),
    warnings: z
      .array(z.string())
      .openapi({ description: "Which connectors cannot be connected on the page yet, and why." }),
  })
  .openapi("NewConnectSession");

export const connectSessionPage = pageOf(connectSessionSchema);
export const connectSessionParams = z.strictObject({
  session: z.string().max(200).openapi({ description: "Id of the connect session." }),
});
export const connectSessionsQuery = z.strictObject({
  customer: reference("customer", "acme").optional(),
  ...pageQuery,
});

export const createConnectSessionBody = z
  .strictObject({
    environment: reference("environment in which connections are made", "production"),
    customer: reference("customer whose accounts are connected", "acme"),
    customerUser: z.string().min(1).max(200).optional().openapi({
      description: "Your name for one user of the customer: connections will be this user's own.",
    }),
    kind: kind.default("session"),
    connectors: z
      .array(slug)
      .min(1)
      .max(100)
      .optional()
      .openapi({ description: "What can be connected. Needed, unless `connection` is given." }),
    connection: z
      .string()
      .refine(isId, "must be the id of a connection")
      .optional()
      .openapi({ description: "Renew exactly this connection of the customer, and nothing else." }),
    allowedOrigins: origins.default([]),
    redirectUrl: redirectUrl.optional(),
    expiresIn: z
      .number()
      .int()
      .min(MINUTE)
      .max(LIFETIMES.link.longest)
      .optional()
      .openapi({ description: "Seconds. Default 900, at most 3600; for a link 86400 and 604800." }),
    metadata: metadata.default({}).openapi({ description: "Goes into the metadata of what is connected." }),
  })
  .refine(
    ({ connectors, connection }) => (connectors === undefined) !== (connection === undefined),
    "needs either `connectors` or `connection`",
  );

/** A row with what it mentions. */
export interface ConnectSessionRow {
  readonly id: string;
  readonly environment: { readonly id: string; readonly slug: string };
  readonly production: boolean;
  readonly customer: { readonly id: string; readonly slug: string };
  readonly customerUser: string | null;
  readonly kind: "session" | "link";
  readonly connectors: string[];
  readonly connectionId: string | null;
  readonly allowedOrigins: string[];
  readonly redirectUrl: string | null;
  readonly metadata: Record<string, unknown>;
  readonly expiresAt: Date;
  readonly openedAt: Date | null;
  readonly revokedAt: Date | null;
  readonly createdAt: Date;
}

/** Selects `ConnectSessionRow`s; `s` is the session, `e` its environment. */
export function selectConnectSessions(sql: TenantSql) {
  return sql`
    select s.id, jsonb_build_object('id', e.id, 'slug', e.slug) as environment, e.production,
      jsonb_build_object('id', c.id, 'slug', c.slug) as customer, s.customer_user, s.kind, s.connectors,
      s.connection_id, s.allowed_origins, s.redirect_url, s.metadata, s.expires_at, s.opened_at, s.revoked_at,
      s.created_at
    from connect_sessions s
    join environments e on e.organization_id = s.organization_id and e.id = s.environment_id
    join customers c on c.organization_id = s.organization_id and c.id = s.customer_id`;
}

/** Reads one session; refuses a test key where it is of production. */
export async function readConnectSession(
  sql: TenantSql,
  caller: Caller,
  sessionId: string,
): Promise<ConnectSessionRow> {
  const [row] = isId(sessionId)
    ? await sql<ConnectSessionRow[]>`
        ${selectConnectSessions(sql)} where s.organization_id = ${caller.organizationId} and s.id = ${sessionId}`
    : [];
  if (row === undefined) {
    throw new NotFoundError("connect session", sessionId);
  }
  requireReach(caller, {
    production: row.production,
    what: `this session is of "${row.environment.slug}"`,
  });
  return row;
}

/** The row as the API shows it. */
export function showConnectSession(row: ConnectSessionRow): z.input<typeof connectSessionSchema> {
  return {
    id: row.id,
    environment: row.environment,
    customer: row.customer,
    customerUser: row.customerUser,
    kind: row.kind,
    connectors: row.connectors,
    connectionId: row.connectionId,
    allowedOrigins: row.allowedOrigins,
    redirectUrl: row.redirectUrl,
    metadata: row.metadata,
    status: statusOf(row),
    expiresAt: row.expiresAt.toISOString(),
    openedAt: row.openedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  };
}

function statusOf(row: ConnectSessionRow): "waiting" | "open" | "expired" | "revoked" {
  if (row.revokedAt !== null) {
    return "revoked";
  }
  if (row.expiresAt.getTime() <= Date.now()) {
    return "expired";
  }
  return row.openedAt === null ? "waiting" : "open";
}
