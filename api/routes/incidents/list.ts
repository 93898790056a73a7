import { z } from "@hono/zod-openapi";
import { endpoint } from "#api/endpoint.ts";
import { id, instant } from "#api/fields.ts";
import { pageOf, pageQuery, toPage } from "#api/page.ts";
import { asOrganization } from "#runtime/db/tenant.ts";

const kind = z.enum(["invalid_client", "provider_down"]).openapi({
  description:
    "`invalid_client`: the provider does not take the OAuth app; mend it. `provider_down`: it is waited for.",
});

const incidentSchema = z
  .object({
    id,
    connector: z.string(),
    oauthAppId: id.nullable().openapi({ description: "Null: connections without an OAuth app." }),
    kind,
    message: z.string(),
    openedAt: instant,
    closedAt: instant.nullable().openapi({ description: "Null while it lasts." }),
  })
  .openapi("Incident", {
    description: "A trouble that many connections share, told once.",
    example: {
      id: "019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e77",
      connector: "acme-crm",
      oauthAppId: "019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e78",
      kind: "invalid_client",
      message: "The provider does not know the OAuth app.",
      openedAt: "2026-11-22T09:30:00.000Z",
      closedAt: null,
    },
  });

interface IncidentRow {
  readonly id: string;
  readonly connector: string;
  readonly oauthAppId: string | null;
  readonly kind: "invalid_client" | "provider_down";
  readonly message: string;
  readonly openedAt: Date;
  readonly closedAt: Date | null;
}

export const listIncidents = endpoint({
  method: "get",
  path: "/incidents",
  operationId: "listIncidents",
  tag: "Incidents",
  summary: "List incidents",
  description: "A test key sees none of an OAuth app of production.",
  scope: "connections:read",
  action: "incident.list",
  query: z.strictObject({
    connector: z.string().max(100).optional().openapi({ example: "acme-crm" }),
    kind: kind.optional(),
    open: z
      .enum(["true", "false"])
      .transform((text) => text === "true")
      .optional()
      .openapi({ type: "boolean", description: "Only those that last, or only those that are over." }),
    ...pageQuery,
  }),
  answers: { 200: { description: "A page of incidents.", schema: pageOf(incidentSchema) } },
}).handledBy(async ({ parts, caller, query }) => {
  const { connector, open, cursor, limit } = query;
  const rows = await asOrganization(
    parts.database,
    caller.organizationId,
    (sql) => sql<IncidentRow[]>`
      select i.id, i.connector, nullif(i.app, '') as oauth_app_id, i.kind, i.message, i.opened_at, i.closed_at
      from incidents i
      left join oauth_apps a on a.organization_id = i.organization_id and a.id::text = i.app
      left join environments e on e.organization_id = a.organization_id and e.id = a.environment_id
      where i.organization_id = ${caller.organizationId}
        ${connector === undefined ? sql`` : sql`and i.connector = ${connector}`}
        ${query.kind === undefined ? sql`` : sql`and i.kind = ${query.kind}`}
        ${open === undefined ? sql`` : sql`and (i.closed_at is null) = ${open}`}
        ${caller.kind === "test" ? sql`and e.production is not true` : sql``}
        ${cursor === undefined ? sql`` : sql`and i.id < ${cursor}`}
      order by i.id desc limit ${limit + 1}`,
  );
  const body = toPage(rows, limit, (row) => ({
    ...row,
    openedAt: row.openedAt.toISOString(),
    closedAt: row.closedAt?.toISOString() ?? null,
  }));
  return { status: 200, body };
});
