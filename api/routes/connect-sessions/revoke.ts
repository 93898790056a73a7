import { endpoint } from "#api/endpoint.ts";
import { audit } from "#api/middleware/audit.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { connectSessionParams, readConnectSession } from "./schema.ts";

export const revokeConnectSession = endpoint({
  method: "delete",
  path: "/connect-sessions/{session}",
  operationId: "revokeConnectSession",
  tag: "Connect sessions",
  summary: "Revoke a connect session",
  description: "At once: its page does nothing any more, and an authorization under way is not finished.",
  scope: "connect-sessions:manage",
  action: "connect-session.revoke",
  params: connectSessionParams,
  answers: { 204: { description: "It is revoked.", schema: null } },
}).handledBy(async (call) => {
  const { parts, caller, params } = call;
  await asOrganization(parts.database, caller.organizationId, async (sql) => {
    const session = await readConnectSession(sql, caller, params.session);
    if (session.revokedAt === null) {
      await sql`
        update connect_sessions set revoked_at = now()
        where organization_id = ${caller.organizationId} and id = ${session.id} and revoked_at is null`;
      await audit(sql, call, { resourceId: session.id, details: { customer: session.customer.slug } });
    }
  });
  return { status: 204, body: null };
});
