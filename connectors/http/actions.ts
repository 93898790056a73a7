import { object, optional, record, text } from "#connectors/json-schema.ts";
import type { ActionInput } from "#sdk/connector/action.ts";

const address = {
  path: text('The path without its leading slash, such as "v1/contacts/42".'),
  query: optional(record("Parameters of the query.", { type: ["string", "number", "boolean"] })),
};
const params = {
  path: { in: "path", segments: true },
  query: { in: "query-root" },
} as const;
const withBody = object({ ...address, body: optional({ description: "The JSON body." }) });
const paramsWithBody = { ...params, body: { in: "body-root" } } as const;
const source = "https://www.rfc-editor.org/rfc/rfc9110#section-9.3";

export const actions: ActionInput[] = [
  {
    slug: "get",
    name: "Get a resource",
    description: "Reads what stands at a path.",
    input: object(address),
    source,
    http: { method: "GET", path: "/{path}", params },
  },
  {
    slug: "post",
    name: "Post JSON",
    description: "Sends a JSON body to a path. Not repeated on its own: the API may act twice.",
    input: withBody,
    source,
    http: { method: "POST", path: "/{path}", params: paramsWithBody },
  },
  {
    slug: "put",
    name: "Put JSON",
    description: "Replaces what stands at a path by a JSON body.",
    input: withBody,
    source,
    http: { method: "PUT", path: "/{path}", params: paramsWithBody },
  },
  {
    slug: "patch",
    name: "Patch with JSON",
    description: "Changes a part of what stands at a path.",
    input: withBody,
    source: "https://www.rfc-editor.org/rfc/rfc5789",
    http: { method: "PATCH", path: "/{path}", params: paramsWithBody },
  },
  {
    slug: "delete",
    name: "Delete a resource",
    description: "Deletes what stands at a path.",
    input: object(address),
    source,
    http: { method: "DELETE", path: "/{path}", params },
  },
];
