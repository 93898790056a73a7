import { answer, list, object, optional, record, text } from "#connectors/json-schema.ts";
import type { ActionInput } from "#sdk/connector/action.ts";

const reference = "https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest";
const sobject = text("The object's API name, such as Account or Invoice__c.");
const id = text("The record's id.");
const fields = record("Values by field name.");
const root = { fields: { in: "body-root" } } as const;
const scopes = ["api"];

export const actions: ActionInput[] = [
  {
    slug: "query",
    name: "Query records",
    description: "Runs a SOQL query and walks through all of its pages.",
    input: object({ q: text("The query, such as select Id, Name from Account.") }),
    scopes,
    source: `${reference}/resources_query.htm`,
    http: {
      method: "GET",
      path: "/query",
      pagination: { type: "link", items: "records", path: "nextRecordsUrl" },
    },
  },
  {
    slug: "get-record",
    name: "Get a record",
    description: "Reads a record by its id.",
    input: object({ sobject, id, fields: optional(list("Which fields are returned.", { type: "string" })) }),
    scopes,
    source: `${reference}/resources_sobject_retrieve.htm`,
    http: {
      method: "GET",
      path: "/sobjects/{sobject}/{id}",
      params: { fields: { in: "query", list: "comma" } },
    },
  },
  {
    slug: "create-record",
    name: "Create a record",
    description: "Creates a record.",
    input: object({ sobject, fields }),
    output: answer({ id: { type: "string" }, success: { type: "boolean" } }),
    scopes,
    source: `${reference}/resources_sobject_basic_info.htm`,
    http: { method: "POST", path: "/sobjects/{sobject}", params: root },
  },
  {
    slug: "update-record",
    name: "Change a record",
    description: "Changes the given fields of a record.",
    input: object({ sobject, id, fields }),
    idempotent: true,
    scopes,
    source: `${reference}/resources_sobject_retrieve.htm`,
    http: { method: "PATCH", path: "/sobjects/{sobject}/{id}", params: root },
  },
  {
    slug: "upsert-record",
    name: "Create or change a record by an own key",
    description: "Creates or changes the record that has this value in an external id field.",
    input: object({ sobject, field: text("The external id field."), value: text("Its value."), fields }),
    idempotent: true,
    scopes,
    source: `${reference}/resources_sobject_upsert.htm`,
    http: { method: "PATCH", path: "/sobjects/{sobject}/{field}/{value}", params: root },
  },
  {
    slug: "delete-record",
    name: "Delete a record",
    description: "Puts a record into the recycle bin.",
    input: object({ sobject, id }),
    scopes,
    source: `${reference}/resources_sobject_retrieve.htm`,
    http: { method: "DELETE", path: "/sobjects/{sobject}/{id}" },
  },
  {
    slug: "describe-object",
    name: "Describe an object",
    description: "Reads fields and relations of an object.",
    input: object({ sobject }),
    scopes,
    source: `${reference}/resources_sobject_describe.htm`,
    http: { method: "GET", path: "/sobjects/{sobject}/describe" },
  },
];
