import { endpoint } from "#api/endpoint.ts";
import { invalid } from "#api/middleware/parse.ts";
import { startAuthorization } from "#runtime/connections/authorize-start.ts";
import { loadMethod, needsConsent } from "#runtime/connections/method.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { actorOf, findPlace } from "./find.ts";
import { authorizationSchema, authorizeConnectionBody } from "./schema.ts";

export const authorizeConnection = endpoint({
  method: "post",
  path: "/connections/authorize",
  operationId: "authorizeConnection",
  tag: "Connections",
  summary: "Begin a connection that needs consent",
  description:
    "Answers the provider's page for the account's owner. The connection is made when they come back. Give the URL only to that person: whoever opens it connects their own account.",
  scope: "connections:manage",
  action: "connection.authorize",
  body: authorizeConnectionBody,
  bodyExample: { connector: "acme-crm", environment: "staging", customer: "acme" },
  answers: { 201: { description: "Where to send the browser.", schema: authorizationSchema } },
}).handledBy(async (call) => {
  const { parts, caller, body } = call;
  const { organizationId } = caller;
  const { environment, owner } = await asOrganization(parts.database, organizationId, (sql) =>
    findPlace(sql, caller, body),
  );
  const { connector, method } = await loadMethod(parts.catalogue, {
    organizationId,
    connector: body.connector,
    method: body.method,
  });
  if (!needsConsent(method)) {
    throw invalid([{ path: "method", message: `"${method.id}" needs no consent: use POST /connections` }]);
  }
  const { authorizeUrl, expiresAt } = await startAuthorization(
    { ...parts, publicUrl: parts.publicUrl() },
    {
      organizationId,
      environmentId: environment.id,
      connector: connector.slug,
      method: method.id,
      name: body.name ?? connector.name,
      description: body.description,
      owner,
      fields: body.fields,
      ...(body.scopes === undefined ? {} : { scopes: body.scopes }),
      tags: body.tags,
      metadata: body.metadata,
      reconnect: null,
      connectSessionId: null,
      returnUrl: body.returnUrl,
      actor: actorOf(call),
    },
  );
  return { status: 201, body: { authorizeUrl, expiresAt: expiresAt.toISOString() } };
});
