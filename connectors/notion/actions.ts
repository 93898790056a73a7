import { flag, integer, list, object, optional, record, text } from "#connectors/json-schema.ts";
import type { ActionInput } from "#sdk/connector/action.ts";

const reference = "https://developers.notion.com/reference";
const cursor = {
  type: "cursor",
  items: "results",
  cursor: "next_cursor",
  param: "start_cursor",
  more: "has_more",
} as const;
const inBody = { ...cursor, in: "body" } as const;
const page_size = optional(integer("How many a page holds.", { maximum: 100 }));
const properties = record("Values by property name, as the property's type asks for them.");
const children = list("Blocks.", { type: "object" }, { maxItems: 100 });

export const actions: ActionInput[] = [
  {
    slug: "search",
    name: "Search",
    description: "Finds pages and data sources by title.",
    input: object({
      query: optional(text("Words of the title.")),
      filter: optional(record('What is wanted: {"property": "object", "value": "page"}.')),
      sort: optional(record("An order by last_edited_time.")),
      page_size,
    }),
    idempotent: true,
    source: `${reference}/post-search`,
    http: { method: "POST", path: "/search", pagination: inBody },
  },
  {
    slug: "query-data-source",
    name: "Query a data source",
    description: "Lists the pages of a data source that a filter lets through.",
    input: object({
      data_source_id: text("The data source's id."),
      filter: optional(record("A filter.")),
      sorts: optional(list("Orders.", { type: "object" })),
      page_size,
    }),
    idempotent: true,
    source: `${reference}/query-a-data-source`,
    http: { method: "POST", path: "/data_sources/{data_source_id}/query", pagination: inBody },
  },
  {
    slug: "get-page",
    name: "Get a page",
    description: "Reads a page's properties.",
    input: object({ page_id: text("The page's id.") }),
    source: `${reference}/retrieve-a-page`,
    http: { method: "GET", path: "/pages/{page_id}" },
  },
  {
    slug: "create-page",
    name: "Create a page",
    description: "Creates a page below another one, or in a data source.",
    input: object({
      parent: record('Where: {"page_id": "…"} or {"data_source_id": "…"}.'),
      properties,
      children: optional(children),
    }),
    source: `${reference}/post-page`,
    http: { method: "POST", path: "/pages" },
  },
  {
    slug: "update-page",
    name: "Change a page",
    description: "Changes properties of a page, or puts it into the bin.",
    input: object({
      page_id: text("The page's id."),
      properties: optional(properties),
      in_trash: optional(flag("Whether it is in the bin.")),
    }),
    idempotent: true,
    source: `${reference}/patch-page`,
    http: { method: "PATCH", path: "/pages/{page_id}" },
  },
  {
    slug: "list-blocks",
    name: "List blocks of a page",
    description: "Reads the content of a page or block.",
    input: object({ block_id: text("The page's or block's id."), page_size }),
    source: `${reference}/get-block-children`,
    http: { method: "GET", path: "/blocks/{block_id}/children", pagination: cursor },
  },
  {
    slug: "append-blocks",
    name: "Append blocks to a page",
    description: "Adds content at the end of a page or block.",
    input: object({ block_id: text("The page's or block's id."), children }),
    source: `${reference}/patch-block-children`,
    http: { method: "PATCH", path: "/blocks/{block_id}/children" },
  },
];
