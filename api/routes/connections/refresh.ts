import { endpoint } from "#api/endpoint.ts";
import { auditAfter } from "#api/middleware/audit.ts";
import { ConflictError } from "#runtime/errors.ts";
import { loadMethod } from "#runtime/connections/method.ts";
import { findBefore } from "./find.ts";
import { connectionParams, refreshSchema, showConnection } from "./schema.ts";

export const refreshConnection = endpoint({
  method: "post",
  path: "/connections/{connection}/refresh",
  operationId: "refreshConnection",
  tag: "Connections",
  summary: "Renew the tokens of a connection now",
  description: "The background does it in time by itself; asking twice at once renews once.",
  scope: ["connections:execute", "connections:manage"],
  action: "connection.refresh",
  params: connectionParams,
  answers: { 200: { description: "What came of it.", schema: refreshSchema } },
}).handledBy(async (call) => {
  const { parts, caller, params } = call;
  const { organizationId } = caller;
  const before = await findBefore(call, params.connection);
  const { connector, method } = await loadMethod(parts.catalogue, { organizationId, ...before });
  if (before.status === "disconnected" || (method.type !== "oauth2" && method.type !== "custom")) {
    throw new ConflictError(
      before.status === "disconnected"
        ? "The connection is disconnected: reconnect it first."
        : `A credential of "${connector.slug}" by the method "${method.id}" has no tokens to renew.`,
      { code: "TENON_NOTHING_TO_REFRESH" },
    );
  }
  const result = await parts.courier.refresh({
    organizationId,
    connectionId: before.id,
    reason: "asked",
  });
  await auditAfter(call, { resourceId: before.id, details: { status: result.status } });
  return {
    status: 200,
    body: {
      status: result.status,
      message: "message" in result ? result.message : null,
      connection: showConnection(await findBefore(call, before.id)),
    },
  };
});
