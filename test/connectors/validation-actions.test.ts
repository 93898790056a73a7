import { describe, expect, it } from "vitest";
import { action, said, withHttp } from "./definition.ts";
import type { Parts } from "./definition.ts";

describe("actions", () => {
  const WRONG: readonly (readonly [string, Parts, string])[] = [
    [
      "a place that the input lacks",
      withHttp({ path: "/contacts/{contactId}" }),
      "actions.0.http.path names {contactId}, which is no property of the input; add it to input.properties",
    ],
    [
      "a place that may stay empty",
      withHttp({}, { input: { type: "object", properties: { id: {} } } }),
      'actions.0.input.required lacks "id", without which the path has a gap',
    ],
    [
      "a lone brace",
      withHttp({ path: "/contacts/{id}/}" }),
      "actions.0.http.path has a { or } that belongs to no place such as {contactId}",
    ],
    [
      "an input that is no object",
      withHttp({}, { input: { type: "array" } }),
      'actions.0.input must be the schema of an object: { "type": "object", … }',
    ],
    [
      "a parameter that the input lacks",
      withHttp({ params: { x: { in: "query" } } }),
      "actions.0.http.params.x is no property of the input; add it to input.properties",
    ],
    [
      "a path parameter without place",
      withHttp({ path: "/contacts", params: { id: { in: "path" } } }),
      "actions.0.http.params.id goes into the path, which has no {id}",
    ],
    [
      "a body of a GET",
      withHttp({ path: "/contacts", params: { id: { in: "body" } } }),
      "actions.0.http.params.id goes into the body, but a GET with body none has none",
    ],
    [
      "fixed parts of no body",
      withHttp({ fixed: { a: 1 } }),
      "actions.0.http.fixed needs a body of parts: json, form or multipart, and a method that sends it",
    ],
    [
      "a wrap of no body",
      withHttp({ wrap: "data" }),
      "actions.0.http.wrap needs a JSON body and a method that sends it",
    ],
    [
      "a cursor in no body",
      withHttp({ pagination: { type: "cursor", cursor: "next", param: "after", in: "body" } }),
      "actions.0.http.pagination.in must be query, because a GET sends no body",
    ],
    [
      "a slow pattern in a schema",
      withHttp(
        {},
        {
          input: {
            type: "object",
            properties: { id: { type: "string", pattern: "^(a+)+$" } },
            required: ["id"],
          },
        },
      ),
      "actions.0.input.properties.id.pattern can take for ever on some texts, because a repeated part can match the same text in several ways, as in (a+)+; write it without",
    ],
    [
      "a schema that is none",
      withHttp({}, { input: { type: "object", properties: { id: {} }, required: "id" } }),
      "actions.0.input.required must be a list of names of properties",
    ],
    [
      "neither http nor code",
      { actions: [{ slug: "x", name: "X" }] },
      "actions.0 needs either `http` or `code`",
    ],
    [
      "the slug of another",
      { actions: [action, action] },
      'actions.1.slug is "get-contact" like actions.0; give it one of its own',
    ],
  ];
  it.each(WRONG)("refuse %s", (_, parts, message) => {
    expect(said(parts)).toEqual([message]);
  });

  it("take a property named pattern or required", () => {
    const properties = {
      id: {},
      pattern: { type: "string" },
      required: { type: "boolean" },
      properties: { type: "object" },
    };
    expect(said(withHttp({}, { input: { type: "object", properties, required: ["id"] } }))).toEqual([]);
  });

  it("refuse a schema that is deep without end, soon", () => {
    let input: Parts = {};
    for (let level = 0; level < 500; level++) {
      input = { type: "object", properties: { a: input } };
    }
    expect(said({ actions: [{ slug: "x", name: "X", input, http: { method: "GET", path: "/" } }] })).toEqual([
      "actions.0.input is too large: at most 50000 parts, 100 levels deep",
    ]);
  });
});
