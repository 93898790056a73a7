import { endpoint } from "#api/endpoint.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { findOAuthApp, oauthAppParams, oauthAppSchema, showOAuthApp } from "./schema.ts";

export const getOAuthApp = endpoint({
  method: "get",
  path: "/oauth-apps/{app}",
  operationId: "getOAuthApp",
  tag: "OAuth apps",
  summary: "Read an OAuth app",
  scope: "oauth-apps:read",
  action: "oauth_app.read",
  params: oauthAppParams,
  answers: { 200: { description: "The app, without its secrets.", schema: oauthAppSchema } },
}).handledBy(async ({ parts, caller, params }) => {
  const row = await asOrganization(parts.database, caller.organizationId, (sql) =>
    findOAuthApp(sql, caller, params.app, "read"),
  );
  return { status: 200, body: showOAuthApp(parts, row) };
});
