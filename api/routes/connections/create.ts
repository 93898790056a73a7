import { endpoint } from "#api/endpoint.ts";
import { invalid } from "#api/middleware/parse.ts";
import { REPLAYED, createSlowly } from "#api/middleware/idempotency.ts";
import { createConnection as storeConnection } from "#runtime/connections/create.ts";
import { loadMethod, needsConsent } from "#runtime/connections/method.ts";
import { makeCredential } from "#runtime/connections/paste.ts";
import { readConnection } from "#runtime/connections/read.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { newId } from "#runtime/ids.ts";
import { actorOf, findPlace, patience } from "./find.ts";
import { connectionSchema, createConnectionBody, showConnection } from "./schema.ts";

export const createConnection = endpoint({
  method: "post",
  path: "/connections",
  operationId: "createConnection",
  tag: "Connections",
  summary: "Create a connection with a pasted credential",
  description:
    "For every method that needs nobody's consent; the app's own tokens are asked for where the connector works so. The credential is tried out first.",
  scope: "connections:manage",
  action: "connection.create",
  idempotent: true,
  body: createConnectionBody,
  bodyExample: { connector: "acme-crm", environment: "staging", fields: { apiKey: "…" } },
  answers: { 201: { description: "The connection, without its credential.", schema: connectionSchema } },
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
  if (needsConsent(method)) {
    throw invalid([
      {
        path: "method",
        message: `"${method.id}" needs the consent of the account's owner: begin with POST /connections/authorize`,
      },
    ]);
  }
  const read = (connectionId: string) =>
    asOrganization(parts.database, organizationId, (sql) =>
      readConnection(sql, { organizationId, connectionId }),
    );
  const { value, replayed } = await createSlowly(call, {
    create: async (complete) => {
      const made = await makeCredential(parts, {
        organizationId,
        environmentId: environment.id,
        connector,
        method,
        given: body.fields,
        verify: body.verify,
        signal: patience(call),
      });
      const id = newId();
      await storeConnection(
        parts,
        {
          ...made,
          id,
          organizationId,
          environmentId: environment.id,
          connector: connector.slug,
          method: method.id,
          name: body.name ?? connector.name,
          description: body.description,
          owner,
          account: made.verification?.account ?? null,
          tags: body.tags,
          metadata: body.metadata,
          actor: actorOf(call),
        },
        (sql) => complete(sql, id),
      );
      return read(id);
    },
    find: (_, id) => read(id),
  });
  return { status: 201, body: showConnection(value), headers: replayed ? REPLAYED : {} };
});
