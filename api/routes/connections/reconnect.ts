import { endpoint } from "#api/endpoint.ts";
import { startAuthorization } from "#runtime/connections/authorize-start.ts";
import { requireMethod, needsConsent } from "#runtime/connections/method.ts";
import { makeCredential } from "#runtime/connections/paste.ts";
import type { ConnectionOwner } from "#runtime/connections/owner.ts";
import type { ConnectionRow } from "#runtime/connections/read.ts";
import { reconnectConnection as replaceCredential } from "#runtime/connections/reconnect.ts";
import { actorOf, findBefore, patience } from "./find.ts";
import {
  authorizationSchema,
  connectionParams,
  reconnectConnectionBody,
  reconnectionSchema,
  showConnection,
} from "./schema.ts";

export const reconnectConnection = endpoint({
  method: "post",
  path: "/connections/{connection}/reconnect",
  operationId: "reconnectConnection",
  tag: "Connections",
  summary: "Connect an account again, in place",
  description:
    "The id stays, and everything that refers to it. It must be the same upstream account. Where consent is needed, the answer is the provider's page, and the connection changes when its owner comes back.",
  scope: "connections:manage",
  action: "connection.reconnect",
  params: connectionParams,
  body: reconnectConnectionBody,
  bodyExample: { fields: { apiKey: "…" } },
  answers: {
    200: { description: "The connection with its new credential.", schema: reconnectionSchema },
    202: { description: "Where to send the browser.", schema: authorizationSchema },
  },
}).handledBy(async (call) => {
  const { parts, caller, params, body } = call;
  const { organizationId } = caller;
  const present = await findBefore(call, params.connection);
  const { connector } = await parts.catalogue.load(organizationId, present.connector);
  const method = requireMethod(connector, body.method ?? present.method);
  const environmentId = present.environment.id;
  const actor = actorOf(call);
  if (needsConsent(method)) {
    const { authorizeUrl, expiresAt } = await startAuthorization(
      { ...parts, publicUrl: parts.publicUrl() },
      {
        organizationId,
        environmentId,
        connector: connector.slug,
        method: method.id,
        name: present.name,
        owner: ownerOf(present),
        fields: body.fields,
        ...(body.scopes === undefined ? {} : { scopes: body.scopes }),
        reconnect: present.id,
        connectSessionId: null,
        returnUrl: body.returnUrl,
        actor,
      },
    );
    return { status: 202, body: { authorizeUrl, expiresAt: expiresAt.toISOString() } };
  }
  const made = await makeCredential(parts, {
    organizationId,
    environmentId,
    connector,
    method,
    given: body.fields,
    present: { fields: present.fields, secrets: {} },
    verify: body.verify,
    signal: patience(call),
  });
  const change = await replaceCredential(parts, {
    ...made,
    organizationId,
    connectionId: present.id,
    method: method.id,
    account: made.verification?.account ?? null,
    actor,
  });
  return {
    status: 200,
    body: { connection: showConnection(await findBefore(call, present.id)), ...change },
  };
});

function ownerOf({ owner, customer, customerUser }: ConnectionRow): ConnectionOwner {
  if (customer === null) {
    return { kind: "organization" };
  }
  return owner === "user" && customerUser !== null
    ? { kind: "user", customerId: customer.id, user: customerUser }
    : { kind: "customer", customerId: customer.id };
}
