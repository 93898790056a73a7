import { endpoint } from "#api/endpoint.ts";
import { editConnection } from "#runtime/connections/edit.ts";
import { actorOf, findBefore, patience } from "./find.ts";
import { connectionParams, connectionSchema, showConnection, updateConnectionBody } from "./schema.ts";

export const updateConnection = endpoint({
  method: "patch",
  path: "/connections/{connection}",
  operationId: "updateConnection",
  tag: "Connections",
  summary: "Change a connection",
  description:
    "What is not sent stays; `metadata` and `tags` are replaced as a whole. New fields are tried out first, and must be of the same upstream account.",
  scope: "connections:manage",
  action: "connection.update",
  params: connectionParams,
  body: updateConnectionBody,
  bodyExample: { name: "Acme CRM (main)", fields: { apiKey: "" } },
  answers: { 200: { description: "The connection as it is now.", schema: connectionSchema } },
}).handledBy(async (call) => {
  const { parts, caller, params, body } = call;
  const { id } = await findBefore(call, params.connection);
  await editConnection(parts, {
    ...body,
    organizationId: caller.organizationId,
    connectionId: id,
    actor: actorOf(call),
    signal: patience(call),
  });
  return { status: 200, body: showConnection(await findBefore(call, id)) };
});
