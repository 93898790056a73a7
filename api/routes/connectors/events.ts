import { endpoint } from "#api/endpoint.ts";
import { bySlug, isFound, toSlugPage } from "#api/slug-page.ts";
import { connectorMembersQuery, connectorParams, eventPage } from "./schema.ts";

export const listConnectorEvents = endpoint({
  method: "get",
  path: "/connectors/{connector}/events",
  operationId: "listConnectorEvents",
  tag: "Connectors",
  summary: "List the events of a connector",
  scope: "connectors:read",
  action: "connector.list_events",
  params: connectorParams,
  query: connectorMembersQuery,
  answers: {
    200: { description: "A page of events, in alphabetical order of their slugs.", schema: eventPage },
  },
}).handledBy(async ({ parts, caller, params, query }) => {
  const { connector } = await parts.catalogue.load(caller.organizationId, params.connector);
  const found = connector.events
    .filter(({ slug, name, description }) => isFound(query.search, [slug, name, description]))
    .sort(bySlug);
  const body = toSlugPage(found, query, ({ slug, name, description, payload }) => ({
    slug,
    name,
    description,
    payload,
  }));
  return { status: 200, body };
});
