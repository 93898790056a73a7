import { endpoint } from "#api/endpoint.ts";
import { testConnection as tryOut } from "#runtime/connections/test-connection.ts";
import { actorOf, findBefore, patience } from "./find.ts";
import { connectionParams, verificationSchema } from "./schema.ts";

export const testConnection = endpoint({
  method: "post",
  path: "/connections/{connection}/test",
  operationId: "testConnection",
  tag: "Connections",
  summary: "Test a connection",
  description:
    "Makes the connector's verification request; an access token that has ended is renewed first. A refusal is an answer, not an error.",
  scope: ["connections:execute", "connections:manage"],
  action: "connection.test",
  params: connectionParams,
  answers: { 200: { description: "How it went.", schema: verificationSchema } },
}).handledBy(async (call) => {
  const { parts, caller, params } = call;
  const { id } = await findBefore(call, params.connection);
  const body = await tryOut(parts, {
    organizationId: caller.organizationId,
    connectionId: id,
    actor: actorOf(call),
    signal: patience(call),
  });
  return { status: 200, body };
});
