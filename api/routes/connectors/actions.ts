import { endpoint } from "#api/endpoint.ts";
import { bySlug, isFound, toSlugPage } from "#api/slug-page.ts";
import type { Action } from "#sdk/connector/action.ts";
import { actionPage, connectorMembersQuery, connectorParams } from "./schema.ts";

/** HTTP methods whose repetition changes nothing (RFC 9110 §9.2.2). */
const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);

export const listConnectorActions = endpoint({
  method: "get",
  path: "/connectors/{connector}/actions",
  operationId: "listConnectorActions",
  tag: "Connectors",
  summary: "List the actions of a connector",
  scope: "connectors:read",
  action: "connector.list_actions",
  params: connectorParams,
  query: connectorMembersQuery,
  answers: {
    200: { description: "A page of actions, in alphabetical order of their slugs.", schema: actionPage },
  },
}).handledBy(async ({ parts, caller, params, query }) => {
  const { connector } = await parts.catalogue.load(caller.organizationId, params.connector);
  const found = connector.actions
    .filter(({ slug, name, description }) => isFound(query.search, [slug, name, description]))
    .sort(bySlug);
  return { status: 200, body: toSlugPage(found, query, showAction) };
});

function showAction(action: Action) {
  const { slug, name, description, input, output, scopes, http } = action;
  return {
    slug,
    name,
    description,
    input,
    output,
    paginated: http?.pagination !== undefined,
    idempotent: action.idempotent ?? (http !== undefined && IDEMPOTENT.has(http.method)),
    scopes,
    kind: http === undefined ? ("code" as const) : ("http" as const),
    source: action.source ?? null,
  };
}
