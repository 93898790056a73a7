import { endpoint } from "#api/endpoint.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import {
  connectSessionParams,
  connectSessionSchema,
  readConnectSession,
  showConnectSession,
} from "./schema.ts";

export const getConnectSession = endpoint({
  method: "get",
  path: "/connect-sessions/{session}",
  operationId: "getConnectSession",
  tag: "Connect sessions",
  summary: "Read a connect session",
  scope: "connect-sessions:read",
  action: "connect-session.read",
  params: connectSessionParams,
  answers: { 200: { description: "The session, without its token.", schema: connectSessionSchema } },
}).handledBy(async ({ parts, caller, params }) => {
  const row = await asOrganization(parts.database, caller.organizationId, (sql) =>
    readConnectSession(sql, caller, params.session),
  );
  return { status: 200, body: showConnectSession(row) };
});
