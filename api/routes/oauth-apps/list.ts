import { endpoint } from "#api/endpoint.ts";
import { toPage } from "#api/page.ts";
import { findEnvironment } from "#api/references.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { oauthAppPage, oauthAppsQuery, selectOAuthApps, showOAuthApp } from "./schema.ts";
import type { OAuthAppRow } from "./schema.ts";

export const listOAuthApps = endpoint({
  method: "get",
  path: "/oauth-apps",
  operationId: "listOAuthApps",
  tag: "OAuth apps",
  summary: "List OAuth apps",
  scope: "oauth-apps:read",
  action: "oauth_app.list",
  query: oauthAppsQuery,
  answers: { 200: { description: "A page of apps, without their secrets.", schema: oauthAppPage } },
}).handledBy(async ({ parts, caller, query: { connector, environment, cursor, limit } }) => {
  const body = await asOrganization(parts.database, caller.organizationId, async (sql) => {
    const environmentId =
      environment === undefined ? null : (await findEnvironment(sql, caller, environment)).id;
    const rows = await sql<OAuthAppRow[]>`
      ${selectOAuthApps(sql)}
      where a.organization_id = ${caller.organizationId}
        ${connector === undefined ? sql`` : sql`and a.connector = ${connector}`}
        ${environmentId === null ? sql`` : sql`and a.environment_id = ${environmentId}`}
        ${caller.kind === "test" ? sql`and e.production is not true` : sql``}
        ${cursor === undefined ? sql`` : sql`and a.id < ${cursor}`}
      order by a.id desc limit ${limit + 1}`;
    return toPage(rows, limit, (row) => showOAuthApp(parts, row));
  });
  return { status: 200, body };
});
