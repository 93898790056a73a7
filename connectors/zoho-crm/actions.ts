import { list, object, optional, text } from "#connectors/json-schema.ts";
import type { ActionInput } from "#sdk/connector/action.ts";

const reference = "https://www.zoho.com/crm/developer/docs/api/v8";
const module = text("The module's API name, such as Leads, Contacts or Deals.");
const id = text("The record's id.");
const data = list("Records: values by field name.", { type: "object" }, { minItems: 1, maxItems: 100 });
const fields = text("Which fields are returned, joined by commas; at most 50.");
const scopes = ["ZohoCRM.modules.ALL"];
// Numbers of pages end at 2000 records; tokens do not.
const tokens = {
  type: "cursor",
  items: "data",
  cursor: "info.next_page_token",
  param: "page_token",
  more: "info.more_records",
} as const;
const pages = { type: "page", items: "data", param: "page", limitParam: "per_page", limit: 200 } as const;

export const actions: ActionInput[] = [
  {
    slug: "list-records",
    name: "List records",
    description: "Lists records of a module.",
    input: object({ module, fields, sort_by: optional(text("A field to sort by.")) }),
    scopes,
    source: `${reference}/get-records.html`,
    http: { method: "GET", path: "/{module}", query: { per_page: "200" }, pagination: tokens },
  },
  {
    slug: "get-record",
    name: "Get a record",
    description: "Reads a record.",
    input: object({ module, id }),
    scopes,
    source: `${reference}/get-records.html`,
    http: { method: "GET", path: "/{module}/{id}", result: "data.0" },
  },
  {
    slug: "create-records",
    name: "Create records",
    description: "Creates records.",
    input: object({ module, data }),
    scopes,
    source: `${reference}/insert-records.html`,
    http: { method: "POST", path: "/{module}", result: "data" },
  },
  {
    slug: "update-record",
    name: "Change a record",
    description: "Changes the given fields of a record.",
    input: object({ module, id, data }),
    scopes,
    source: `${reference}/update-records.html`,
    http: { method: "PUT", path: "/{module}/{id}", result: "data" },
  },
  {
    slug: "upsert-records",
    name: "Create or change records",
    description: "Creates records, or changes those that are the same by the given fields.",
    input: object({
      module,
      data,
      duplicate_check_fields: optional(list("Fields by which records are the same.", { type: "string" })),
    }),
    idempotent: true,
    scopes,
    source: `${reference}/upsert-records.html`,
    http: { method: "POST", path: "/{module}/upsert", result: "data" },
  },
  {
    slug: "search-records",
    name: "Search records",
    description: "Finds records by a criterion, an address or a word; at most 2000.",
    input: object({
      module,
      criteria: optional(text("Such as (Last_Name:equals:Lovelace).")),
      email: optional(text("An address.")),
      word: optional(text("A word.")),
    }),
    scopes,
    source: `${reference}/search-records.html`,
    http: { method: "GET", path: "/{module}/search", pagination: pages },
  },
];
