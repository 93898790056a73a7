import { Validator } from "@cfworker/json-schema";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import type { ActionInput } from "#sdk/connector/action.ts";
import { importOpenApi } from "#sdk/connector/openapi/import.ts";
import { actionOf, documentOf, imported } from "./openapi-document.ts";

/** Whether an action takes this input. */
function takes(action: ActionInput, input: unknown): boolean {
  const schema = typeof action.input === "object" ? action.input : {};
  return new Validator(schema, "2020-12").validate(input).valid;
}

describe("a document", () => {
  test("becomes a connector, from JSON as from YAML", () => {
    const json = importOpenApi(JSON.stringify(documentOf({})));
    expect(importOpenApi(stringify(documentOf({})))).toEqual(json);
    expect(json.connector).toMatchObject({
      slug: "pet-store",
      name: "Pet Store",
      description: "Pets.",
      baseUrl: "https://api.pets.example/v1",
      hosts: ["api.pets.example"],
      auth: [{ id: "none", type: "none" }],
      actions: [{ slug: "list-pets", http: { method: "GET", path: "/pets" } }],
    });
    expect(json.operations).toEqual({ total: 1, imported: 1, skipped: [] });
    expect(imported({}, { slug: "pets", name: "Pets" }).connector).toMatchObject({
      slug: "pets",
      name: "Pets",
    });
  });

  test("of Swagger 2 says the same as one of OpenAPI 3", () => {
    const pet = {
      type: "object",
      required: ["name"],
      properties: { name: { type: "string" }, age: { type: "integer" } },
    };
    const two = importOpenApi(
      JSON.stringify({
        swagger: "2.0",
        info: { title: "Pet Store" },
        host: "api.pets.example",
        basePath: "/v1",
        schemes: ["http", "https"],
        consumes: ["application/json"],
        produces: ["application/json"],
        securityDefinitions: {
          key: { type: "apiKey", in: "header", name: "X-Key" },
          account: {
            type: "oauth2",
            flow: "accessCode",
            authorizationUrl: "https://pets.example/auth",
            tokenUrl: "https://pets.example/token",
            scopes: { read: "Read" },
          },
        },
        security: [{ key: [] }],
        paths: {
          "/pets/{id}": {
            put: {
              operationId: "putPet",
              security: [{ account: ["read"] }],
              parameters: [
                { name: "id", in: "path", required: true, type: "string" },
                {
                  name: "tags",
                  in: "query",
                  type: "array",
                  items: { type: "string" },
                  collectionFormat: "pipes",
                },
                { $ref: "#/parameters/body" },
              ],
              responses: { 200: { schema: { $ref: "#/definitions/Pet" } } },
            },
          },
        },
        parameters: {
          body: { name: "pet", in: "body", required: true, schema: { $ref: "#/definitions/Pet" } },
        },
        definitions: { Pet: pet },
      }),
    ).connector;
    const three = imported({
      info: { title: "Pet Store" },
      servers: [{ url: "https://api.pets.example/v1" }],
      components: {
        securitySchemes: {
          key: { type: "apiKey", in: "header", name: "X-Key" },
          account: {
            type: "oauth2",
            flows: {
              authorizationCode: {
                authorizationUrl: "https://pets.example/auth",
                tokenUrl: "https://pets.example/token",
                scopes: { read: "Read" },
              },
            },
          },
        },
        schemas: { Pet: pet },
      },
      security: [{ key: [] }],
      paths: {
        "/pets/{id}": {
          put: {
            operationId: "putPet",
            security: [{ account: ["read"] }],
            parameters: [
              { name: "id", in: "path", required: true, schema: { type: "string" } },
              {
                name: "tags",
                in: "query",
                style: "pipeDelimited",
                schema: { type: "array", items: { type: "string" } },
              },
            ],
            requestBody: {
              required: true,
              content: { "application/json": { schema: { $ref: "#/components/schemas/Pet" } } },
            },
            responses: {
              200: { content: { "application/json": { schema: { $ref: "#/components/schemas/Pet" } } } },
            },
          },
        },
      },
    }).connector;
    expect(two).toEqual(three);
    expect(two.auth.map(({ id, type }) => [id, type])).toEqual([
      ["key", "api-key"],
      ["oauth-account", "oauth2"],
    ]);
    expect(two.hosts).toEqual(["api.pets.example", "pets.example"]);
    expect(two.actions?.[0]).toMatchObject({
      scopes: ["read"],
      http: { body: "json", params: { tags: { in: "query", list: "pipe" } } },
      input: { required: ["id", "name"] },
    });
  });

  test("can be imported in part", () => {
    const operation = { responses: {} };
    const paths = {
      "/users": { get: operation },
      "/users/{id}": { get: operation },
      "/pets": { get: { ...operation, tags: ["Pets"] } },
      "/x": { get: operation },
    };
    const slugs = (only: string[]): unknown =>
      imported({ paths }, { only }).connector.actions?.map(({ slug }) => slug);
    expect(slugs(["/users"])).toEqual(["get-users", "get-users-id"]);
    expect(slugs(["Pets", "/x"])).toEqual(["get-pets", "get-x"]);
  });
});

describe("operations", () => {
  test("say where each part of the input goes", () => {
    const action = actionOf(
      {
        operationId: "updatePet",
        summary: "Update a pet",
        parameters: [
          { name: "pet-id", in: "path", required: true, schema: { type: "integer" } },
          { name: "X-Trace", in: "header", schema: { type: "string" } },
          { name: "filter", in: "query", style: "deepObject", schema: { type: "object" } },
          { name: "ids", in: "query", explode: false, schema: { type: "array", items: { type: "integer" } } },
          { name: "words", in: "query", style: "spaceDelimited", explode: false, schema: { type: "array" } },
          { name: "where", in: "query", content: { "application/json": { schema: { type: "object" } } } },
          { name: "Authorization", in: "header", required: true, schema: { type: "string" } },
          { name: "version", in: "query", required: true, schema: { type: "string", enum: ["7"] } },
        ],
        requestBody: {
          required: true,
          content: {
            "application/vnd.pets+json": {
              schema: {
                type: "object",
                required: ["name", "id"],
                properties: { name: { type: "string" }, id: { type: "string", readOnly: true } },
              },
            },
          },
        },
        responses: { 200: { content: { "text/csv": {} } } },
      },
      { method: "patch", path: "/pets/{pet-id}" },
    );
    expect(action).toMatchObject({ slug: "update-pet", name: "Update a pet" });
    expect(action.http).toEqual({
      method: "PATCH",
      path: "/pets/{pet-id}",
      body: "json",
      headers: { accept: "text/csv", "content-type": "application/vnd.pets+json" },
      query: { version: "7" },
      params: {
        "X-Trace": { in: "header" },
        filter: { in: "query", object: "deep" },
        ids: { in: "query", list: "comma" },
        words: { in: "query", list: "space" },
        where: { in: "query", object: "json" },
      },
    });
    expect(takes(action, { "pet-id": 1, name: "Rex", ids: [1, 2] })).toBe(true);
    expect(takes(action, { "pet-id": 1 })).toBe(false);
    expect(takes(action, { "pet-id": "one", name: "Rex" })).toBe(false);
  });

  test("write forms, files, text, bytes and bodies that are no plain object", () => {
    const body = (type: string, schema: unknown): ActionInput =>
      actionOf({ requestBody: { required: true, content: { [type]: { schema } } }, responses: {} });
    const files = {
      type: "object",
      properties: { file: { type: "string", format: "binary" }, tags: { type: "array", items: {} } },
    };
    expect(body("multipart/form-data", files).http).toMatchObject({
      body: "multipart",
      params: { file: { in: "body", bytes: true }, tags: { in: "body", list: "repeat" } },
    });
    expect(body("application/x-www-form-urlencoded", files).http).toMatchObject({ body: "form" });
    expect(body("application/json", { type: "array", items: { type: "string" } })).toMatchObject({
      input: { properties: { body: { type: "array" } }, required: ["body"] },
      http: { body: "json", params: { body: { in: "body-root" } } },
    });
    expect(body("application/xml", {}).http).toMatchObject({
      body: "text",
      headers: { "content-type": "application/xml" },
    });
    expect(body("image/png", {}).http).toMatchObject({
      body: "text",
      headers: { "content-type": "image/png" },
      params: { body: { in: "body-root", bytes: true } },
    });
  });

  test("keep apart what has one name in several places", () => {
    const action = actionOf(
      {
        parameters: [
          { name: "id", in: "path", required: true, schema: { type: "string" } },
          { name: "id", in: "query", schema: { type: "integer" } },
        ],
        requestBody: {
          content: {
            "application/json": { schema: { type: "object", properties: { id: { type: "boolean" } } } },
          },
        },
        responses: {},
      },
      { method: "post", path: "/pets/{id}" },
    );
    expect(action.http?.params).toEqual({ id_2: { in: "query", as: "id" }, body: { in: "body-root" } });
    expect(takes(action, { id: "a", id_2: 1, body: { id: true } })).toBe(true);
  });

  test("get slugs of their own, from their ids or their paths", () => {
    const operation = { responses: {} };
    const { connector } = imported({
      paths: {
        "/a/{id}": { get: operation, put: { ...operation, operationId: "getHTTPStatus" } },
        "/A/{id}": { get: operation },
        "/b#Action=One": { post: operation },
        "/b#Action=Two": { post: operation },
        "/{+name}": { get: operation },
      },
    });
    expect(connector.actions?.map(({ slug, http }) => [slug, http?.path])).toEqual([
      ["get-a-id", "/a/{id}"],
      ["get-http-status", "/a/{id}"],
      ["get-a-id-2", "/A/{id}"],
      ["post-b-action-one", "/b"],
      ["post-b-action-two", "/b"],
      ["get-name", "/{name}"],
    ]);
    expect(connector.actions?.at(-1)?.http?.params).toEqual({ name: { in: "path", segments: true } });
  });

  test("that actions cannot say are skipped with the reason, and cost the others nothing", () => {
    const { operations, warnings } = imported({
      paths: {
        "/ok": { get: { responses: {} } },
        "/cookie": { get: { parameters: [{ name: "sid", in: "cookie", required: true }], responses: {} } },
        "/trace": { trace: { responses: {} } },
        "/body": {
          get: { requestBody: { required: true, content: { "application/json": {} } }, responses: {} },
        },
        "/matrix/{x}": {
          get: { parameters: [{ name: "x", in: "path", style: "matrix", schema: {} }], responses: {} },
        },
        "/gap{": { get: { responses: {} } },
        "/remote": { $ref: "http://169.254.169.254/latest/meta-data" },
        "/parameter": { get: { parameters: [{ $ref: "https://10.0.0.1/p.json#/a" }], responses: {} } },
        "/nowhere": { get: { parameters: [{ $ref: "#/components/parameters/none" }], responses: {} } },
        "/schema": {
          get: {
            parameters: [{ name: "q", in: "query", schema: { $ref: "file:///etc/passwd" } }],
            responses: {},
          },
        },
      },
    });
    expect(operations).toMatchObject({ total: 10, imported: 2 });
    expect(
      Object.fromEntries(operations.skipped.map(({ operation, reason }) => [operation, reason])),
    ).toEqual({
      "GET /cookie": "needs the cookie sid, and requests send none",
      "TRACE /trace": "the method TRACE cannot be sent",
      "GET /body": "needs a body, which a GET cannot send",
      "GET /matrix/{x}": "has a path parameter of the style matrix, which actions cannot write",
      "GET /gap{": "its path has a { or } that belongs to no place",
      "* /remote": "its path is defined in another document, which is not read",
      "GET /parameter": "a parameter is defined in another document, which is not read",
      "GET /nowhere": "a parameter's $ref leads nowhere",
    });
    expect(warnings).toEqual([
      "A schema of another document was left open: references outside are not followed (once)",
    ]);
  });
});
