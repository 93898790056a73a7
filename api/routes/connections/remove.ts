import { z } from "@hono/zod-openapi";
import { endpoint } from "#api/endpoint.ts";
import { force } from "#api/fields.ts";
import { removeConnection as forget } from "#runtime/connections/remove.ts";
import { actorOf, findBefore } from "./find.ts";
import { connectionParams } from "./schema.ts";

export const removeConnection = endpoint({
  method: "delete",
  path: "/connections/{connection}",
  operationId: "removeConnection",
  tag: "Connections",
  summary: "Delete a connection",
  description:
    "Ends its credential at the provider too; what the provider does not take now is tried again for nine hours. Refused with the list while deployed workflows need it, unless `force=true`.",
  scope: "connections:manage",
  action: "connection.delete",
  params: connectionParams,
  query: z.strictObject({ force }),
  answers: { 204: { description: "It is gone.", schema: null } },
}).handledBy(async (call) => {
  const { parts, caller, params, query } = call;
  const { id } = await findBefore(call, params.connection);
  await forget(parts, {
    organizationId: caller.organizationId,
    connectionId: id,
    force: query.force,
    actor: actorOf(call),
  });
  return { status: 204, body: null };
});
