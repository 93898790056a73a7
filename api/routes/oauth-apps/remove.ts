import { endpoint } from "#api/endpoint.ts";
import { audit } from "#api/middleware/audit.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { ConflictError } from "#runtime/errors.ts";
import { findOAuthApp, oauthAppParams } from "./schema.ts";

export const removeOAuthApp = endpoint({
  method: "delete",
  path: "/oauth-apps/{app}",
  operationId: "removeOAuthApp",
  tag: "OAuth apps",
  summary: "Delete an OAuth app",
  description: "Refused while connections were made with it: they could not be renewed any more.",
  scope: "oauth-apps:manage",
  action: "oauth_app.delete",
  params: oauthAppParams,
  answers: { 204: { description: "It is gone.", schema: null } },
}).handledBy(async (call) => {
  const { parts, caller, params } = call;
  const { organizationId } = caller;
  await asOrganization(parts.database, organizationId, async (sql) => {
    const { id, name, connector } = await findOAuthApp(sql, caller, params.app, "change");
    await sql`select 1 from oauth_apps where organization_id = ${organizationId} and id = ${id} for update`;
    const users = await sql<{ id: string; name: string }[]>`
      select c.id, c.name from credentials k
      join connections c on c.organization_id = k.organization_id and c.id = k.connection_id
      where k.organization_id = ${organizationId} and k.oauth_app_id = ${id} order by c.id limit 100`;
    if (users.length > 0) {
      throw new ConflictError(
        `Connections were made with the OAuth app "${name}"; errors lists them. Disconnect or delete these first.`,
        {
          code: "TENON_OAUTH_APP_IN_USE",
          issues: users.map((user) => ({
            path: `connections.${user.id}`,
            message: `"${user.name.slice(0, 60)}" uses it`,
          })),
        },
      );
    }
    await sql`delete from oauth_apps where organization_id = ${organizationId} and id = ${id}`;
    await audit(sql, call, { resourceId: id, details: { connector } });
  });
  return { status: 204, body: null };
});
