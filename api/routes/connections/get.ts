import { endpoint } from "#api/endpoint.ts";
import { findBefore } from "./find.ts";
import { connectionParams, connectionSchema, showConnection } from "./schema.ts";

export const getConnection = endpoint({
  method: "get",
  path: "/connections/{connection}",
  operationId: "getConnection",
  tag: "Connections",
  summary: "Read a connection",
  scope: "connections:read",
  action: "connection.read",
  params: connectionParams,
  answers: { 200: { description: "The connection, without its credential.", schema: connectionSchema } },
}).handledBy(async (call) => ({
  status: 200,
  body: showConnection(await findBefore(call, call.params.connection)),
}));
