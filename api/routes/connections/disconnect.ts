import { endpoint } from "#api/endpoint.ts";
import { disconnectConnection as giveUp } from "#runtime/connections/disconnect.ts";
import { actorOf, findBefore } from "./find.ts";
import { connectionParams, disconnectionSchema, showConnection } from "./schema.ts";

export const disconnectConnection = endpoint({
  method: "post",
  path: "/connections/{connection}/disconnect",
  operationId: "disconnectConnection",
  tag: "Connections",
  summary: "Disconnect an account",
  description:
    "Ends the credential at the provider, where it can be ended there, and forgets it; what the provider does not take now is tried again for nine hours. The connection stays, to be reconnected.",
  scope: "connections:manage",
  action: "connection.disconnect",
  params: connectionParams,
  answers: { 200: { description: "What the provider did.", schema: disconnectionSchema } },
}).handledBy(async (call) => {
  const { parts, caller, params } = call;
  const { id } = await findBefore(call, params.connection);
  const { revoked, reason } = await giveUp(parts, {
    organizationId: caller.organizationId,
    connectionId: id,
    actor: actorOf(call),
  });
  return { status: 200, body: { revoked, reason, connection: showConnection(await findBefore(call, id)) } };
});
