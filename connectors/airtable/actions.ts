import { flag, integer, list, object, optional, record, text } from "#connectors/json-schema.ts";
import type { ActionInput } from "#sdk/connector/action.ts";

const reference = "https://airtable.com/developers/web/api";
const place = { baseId: text("The base's id, app…"), tableId: text("The table's id or name.") };
const recordId = text("The record's id, rec…");
const fields = record("Values by field name or id.");
const typecast = optional(flag("Whether text is turned into what the field holds."));

export const actions: ActionInput[] = [
  {
    slug: "list-bases",
    name: "List bases",
    description: "Lists the bases that the token can reach.",
    input: object({}),
    scopes: ["schema.bases:read"],
    source: `${reference}/list-bases`,
    http: {
      method: "GET",
      path: "/meta/bases",
      pagination: { type: "cursor", items: "bases", cursor: "offset", param: "offset" },
    },
  },
  {
    slug: "list-tables",
    name: "List tables of a base",
    description: "Reads tables, fields and views of a base.",
    input: object({ baseId: place.baseId }),
    scopes: ["schema.bases:read"],
    source: `${reference}/get-base-schema`,
    http: { method: "GET", path: "/meta/bases/{baseId}/tables", result: "tables" },
  },
  {
    slug: "list-records",
    name: "List records",
    description: "Lists records of a table, all or those that a formula lets through.",
    input: object({
      ...place,
      filterByFormula: optional(text("A formula, such as {Status} = 'Open'.")),
      view: optional(text("Only those of a view, in its order.")),
      fields: optional(list("Which fields are returned.", { type: "string" })),
      pageSize: optional(integer("How many a page holds.", { maximum: 100 })),
    }),
    scopes: ["data.records:read"],
    source: `${reference}/list-records`,
    http: {
      method: "GET",
      path: "/{baseId}/{tableId}",
      params: { fields: { in: "query", list: "brackets" } },
      pagination: { type: "cursor", items: "records", cursor: "offset", param: "offset" },
    },
  },
  {
    slug: "get-record",
    name: "Get a record",
    description: "Reads a record.",
    input: object({ ...place, recordId }),
    scopes: ["data.records:read"],
    source: `${reference}/get-record`,
    http: { method: "GET", path: "/{baseId}/{tableId}/{recordId}" },
  },
  {
    slug: "create-record",
    name: "Create a record",
    description: "Creates a record.",
    input: object({ ...place, fields, typecast }),
    scopes: ["data.records:write"],
    source: `${reference}/create-records`,
    http: { method: "POST", path: "/{baseId}/{tableId}" },
  },
  {
    slug: "update-record",
    name: "Change a record",
    description: "Changes the given fields of a record.",
    input: object({ ...place, recordId, fields, typecast }),
    idempotent: true,
    scopes: ["data.records:write"],
    source: `${reference}/update-record`,
    http: { method: "PATCH", path: "/{baseId}/{tableId}/{recordId}" },
  },
  {
    slug: "delete-record",
    name: "Delete a record",
    description: "Deletes a record.",
    input: object({ ...place, recordId }),
    scopes: ["data.records:write"],
    source: `${reference}/delete-record`,
    http: { method: "DELETE", path: "/{baseId}/{tableId}/{recordId}" },
  },
];
