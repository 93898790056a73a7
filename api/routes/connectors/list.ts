import type { z } from "@hono/zod-openapi";
import { builtInSlugs } from "#connectors/index.ts";
import { endpoint } from "#api/endpoint.ts";
import { bySlug, isFound, toSlugPage } from "#api/slug-page.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { builtInEntry } from "#runtime/oauth/catalogue.ts";
import { connectorPage, connectorsQuery, summarize } from "./schema.ts";
import type { connectorSummarySchema } from "./schema.ts";

type Summary = z.input<typeof connectorSummarySchema>;
type Filters = z.output<typeof connectorsQuery>;

export const listConnectors = endpoint({
  method: "get",
  path: "/connectors",
  operationId: "listConnectors",
  tag: "Connectors",
  summary: "List connectors",
  description: "Built-in and own ones together, in alphabetical order of their slugs.",
  scope: "connectors:read",
  action: "connector.list",
  query: connectorsQuery,
  answers: { 200: { description: "A page of connectors.", schema: connectorPage } },
}).handledBy(async ({ parts, caller: { organizationId }, query }) => {
  const own =
    query.source === "built-in"
      ? []
      : await asOrganization(parts.database, organizationId, (sql) => selectOwn(sql, organizationId, query));
  const all = [...(query.source === "organization" ? [] : builtIn(query)), ...own].sort(bySlug);
  return { status: 200, body: toSlugPage(all, query, (summary) => summary) };
});

function builtIn({ search, category }: Filters): Summary[] {
  return builtInSlugs()
    .flatMap((slug) => builtInEntry(slug) ?? [])
    .map((entry) => summarize(entry, null))
    .filter(({ slug, name, description }) => isFound(search, [slug, name, description]))
    .filter(({ categories }) => category === undefined || categories.includes(category));
}

/** The own ones after the cursor, one more than a page has. Their actions, which may be many, stay where they are. */
async function selectOwn(
  sql: TenantSql,
  organizationId: string,
  { limit, cursor, search, category }: Filters,
): Promise<readonly Summary[]> {
  const words = search === undefined ? null : `%${search.replaceAll(/[\\%_]/g, "\\$&")}%`;
  return sql<Summary[]>`
    select c.id, c.slug, 'organization' as source, v.number as version, v.definition ->> 'name' as name,
      coalesce(v.definition ->> 'description', '') as description, v.definition ->> 'domain' as domain,
      v.definition ->> 'icon' as icon, coalesce(v.definition ->> 'visibility', 'private') as visibility,
      coalesce(v.definition -> 'categories', '[]') as categories,
      (select jsonb_agg(jsonb_build_object('id', m -> 'id', 'type', m -> 'type', 'label', m -> 'label'))
       from jsonb_array_elements(v.definition -> 'auth') m) as auth,
      jsonb_array_length(coalesce(v.definition -> 'actions', '[]')) as actions,
      jsonb_array_length(coalesce(v.definition -> 'events', '[]')) as events
    from connectors c
    join connector_versions v on v.organization_id = c.organization_id and v.connector_id = c.id
      and v.number = c.current_version
    where c.organization_id = ${organizationId}
      ${cursor === undefined ? sql`` : sql`and c.slug collate "C" > ${cursor}`}
      ${category === undefined ? sql`` : sql`and v.definition -> 'categories' ? ${category}`}
      ${
        words === null
          ? sql``
          : sql`and (c.slug ilike ${words} or v.definition ->> 'name' ilike ${words}
              or v.definition ->> 'description' ilike ${words})`
      }
    order by c.slug collate "C" limit ${limit + 1}`;
}
