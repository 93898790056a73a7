import { Validator } from "@cfworker/json-schema";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import type { ActionInput } from "#sdk/connector/action.ts";
import { importOpenApi } from "#sdk/connector/openapi/import.ts";
import type { ImportOptions, ImportReport } from "#sdk/connector/openapi/import.ts";
import { parseConnector } from "#sdk/connector/parse.ts";

type Part = Record<string, unknown>;

/** A document with what a test is about. */
function documentOf(part: Part): Part {
  return {
    openapi: "3.0.3",
    info: { title: "Pet Store", description: "Pets." },
    servers: [{ url: "https://api.pets.example/v1/" }],
    paths: { "/pets": { get: { operationId: "listPets", responses: {} } } },
    ...part,
  };
}

function imported(part: Part, options?: ImportOptions): ImportReport {
  const report = importOpenApi(JSON.stringify(documentOf(part)), options);
  parseConnector(report.connector);
  return report;
}

/** The only action of a document with this operation. */
function actionOf(operation: Part, where = { method: "post", path: "/pets" }, more: Part = {}): ActionInput {
  const { connector, operations } = imported({
    paths: { [where.path]: { [where.method]: operation } },
    ...more,
  });
  const [action] = connector.actions ?? [];
  if (action === undefined) {
    throw new Error(JSON.stringify(operations.skipped));
  }
  return action;
}

/** Whether an action takes this input. */
function takes(action: ActionInput, input: unknown): boolean {
  const schema = typeof action.input === "object" ? action.input : {};
  return new Validator(schema, "2020-12").validate(input).valid;
}

const refusal = (text: string): string => {
  try {
    importOpenApi(text);
  } catch (error) {
    return String(error);
  }
  return "imported";
};

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

describe("schemas", () => {
  const schemaOf = (schema: Part, more: Part = {}): unknown =>
    (
      actionOf(
        {
          requestBody: { content: { "application/json": { schema: { type: "array", items: schema } } } },
          responses: {},
        },
        undefined,
        more,
      ).input as { properties: { body: { items: unknown } } }
    ).properties.body.items;

  test("are those of JSON Schema 2020-12", () => {
    expect(
      schemaOf({ type: "string", nullable: true, enum: ["a"], example: "a", xml: {}, "x-y": 1, title: "T" }),
    ).toEqual({ type: ["string", "null"], enum: ["a", null] });
    expect(
      schemaOf({ type: "integer", minimum: 0, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: false }),
    ).toEqual({ type: "integer", exclusiveMinimum: 0, maximum: 9 });
    expect(
      schemaOf({ oneOf: [{ type: "string" }, { type: "number" }], discriminator: { propertyName: "x" } }),
    ).toEqual({ anyOf: [{ type: "string" }, { type: "number" }] });
    expect(schemaOf({ nullable: true, allOf: [{ type: "object", additionalProperties: false }] })).toEqual({
      anyOf: [{ allOf: [{ type: "object" }] }, { type: "null" }],
    });
    expect(schemaOf({ type: "any", required: true, minLength: -1, items: false, pattern: 7 })).toEqual({});
    expect(schemaOf({ type: "string", pattern: "^[a-z]+$" })).toEqual({
      type: "string",
      pattern: "^[a-z]+$",
    });
    expect(schemaOf({ type: "string", pattern: "^(a+)+$" })).toEqual({ type: "string" });
  });

  test("write out what they refer to, and stop where they contain themselves", () => {
    const more = {
      components: {
        schemas: {
          Node: {
            type: "object",
            properties: {
              value: { $ref: "#/components/schemas/Va~1l%20ue" },
              next: { $ref: "#/components/schemas/Node" },
            },
          },
          "Va/l ue": { type: "string" },
          A: { $ref: "#/components/schemas/B" },
          B: { $ref: "#/components/schemas/A" },
        },
      },
    };
    expect(schemaOf({ $ref: "#/components/schemas/Node" }, more)).toEqual({
      type: "object",
      properties: {
        value: { type: "string" },
        next: { description: "Node again: left open, because it contains itself." },
      },
    });
    expect(schemaOf({ $ref: "#/components/schemas/A" }, more)).toBe(true);
  });

  test("stay within their room however much they refer to", () => {
    const schemas = Object.fromEntries(
      Array.from({ length: 40 }, (_, one) => [
        `S${String(one)}`,
        {
          type: "object",
          properties: Object.fromEntries(
            Array.from({ length: 40 }, (__, other) => [
              `p${String(other)}`,
              { $ref: `#/components/schemas/S${String((one * 7 + other) % 40)}` },
            ]),
          ),
        },
      ]),
    );
    const paths = Object.fromEntries(
      Array.from({ length: 300 }, (_, one) => [
        `/p${String(one)}`,
        {
          get: {
            responses: {
              200: {
                content: {
                  "application/json": { schema: { $ref: `#/components/schemas/S${String(one % 40)}` } },
                },
              },
            },
          },
        },
      ]),
    );
    const { connector, operations } = imported({ components: { schemas }, paths });
    expect(operations.imported).toBe(300);
    expect(JSON.stringify(connector).length).toBeLessThan(5_000_000);
    const small = imported({ components: { schemas }, paths }, { limits: { definition: 200_000 } });
    expect(JSON.stringify(small.connector).length).toBeLessThan(240_000);
    expect(small.operations.imported).toBe(300);
  });
});

describe("servers", () => {
  const of = (servers: unknown, options?: ImportOptions): unknown => {
    const { baseUrl, hosts, fields } = imported({ servers }, options).connector;
    return { baseUrl, hosts, fields };
  };

  test("with variables ask for labels and options, and for nothing that could change whose host it is", () => {
    expect(
      of([
        {
          url: "https://{tenant}.pets.example:{port}/{version}/{base}",
          variables: {
            tenant: { default: "acme", description: "Yours" },
            port: { default: "8443" },
            version: { enum: ["v1", "v2"], default: "v2" },
            base: { default: "a/b" },
          },
        },
      ]),
    ).toEqual({
      baseUrl: "https://{server_tenant}.pets.example:8443/{server_version}/a/b",
      hosts: ["{server_tenant}.pets.example:8443"],
      fields: {
        server_tenant: { label: "tenant", description: "Yours", format: "label", default: "acme" },
        server_version: {
          label: "version",
          options: [
            { value: "v1", label: "v1" },
            { value: "v2", label: "v2" },
          ],
          default: "v2",
        },
      },
    });
    // A place for the vendor's own domain would be anybody's host.
    expect(
      of([{ url: "https://api.{domain}.example", variables: { domain: { default: "pets" } } }]),
    ).toMatchObject({ baseUrl: "https://api.pets.example" });
    expect(
      of([{ url: "https://{any}/v1", variables: { any: { default: "api.pets.example" } } }]),
    ).toMatchObject({
      hosts: ["{server_any}"],
      fields: { server_any: { format: "hostname", default: "api.pets.example" } },
    });
  });

  test("that are relative are below the document's address, or every connection is asked for its host", () => {
    expect(of([{ url: "/api/v2" }])).toMatchObject({
      baseUrl: "https://{host}/api/v2",
      hosts: ["{host}"],
      fields: { host: { format: "hostname" } },
    });
    expect(of(undefined, { documentUrl: "https://pets.example/docs/openapi.json" })).toMatchObject({
      hosts: ["{host}"],
    });
    expect(of([{ url: "/api/v2" }], { documentUrl: "https://pets.example/docs/openapi.json" })).toMatchObject(
      { baseUrl: "https://pets.example/api/v2", hosts: ["pets.example"] },
    );
    expect(of([{ url: "../v3" }], { documentUrl: "https://pets.example/docs/openapi.json" })).toMatchObject({
      baseUrl: "https://pets.example/v3",
    });
    expect(of([{ url: "/x" }], { baseUrl: "https://eu.pets.example/v9" })).toMatchObject({
      baseUrl: "https://eu.pets.example/v9",
      hosts: ["eu.pets.example"],
      fields: {},
    });
    expect(of([{ url: "//api.pets.example/v1" }])).toMatchObject({ baseUrl: "https://api.pets.example/v1" });
    expect(of([{ url: "http://api.pets.example" }])).toMatchObject({ baseUrl: "https://api.pets.example" });
  });

  test("that no connector may name are not taken", () => {
    for (const url of [
      "https://127.0.0.1/",
      "http://169.254.169.254/",
      "https://user:pw@evil.example/",
      "https://[::1]/",
      "https://2130706433/",
      "ftp://a.example",
      "https://intranet/",
    ]) {
      expect(of([{ url }]), url).toMatchObject({ hosts: ["{host}"] });
    }
    expect(() => imported({}, { baseUrl: "http://169.254.169.254/" })).toThrow(/base URL/);
    expect(of([{ url: "http://localhost:3000/v1" }])).toMatchObject({
      baseUrl: "http://localhost:3000/v1",
      hosts: ["http://localhost:3000"],
    });
  });

  test("of one operation are its own base, and one more host", () => {
    const { connector } = imported({
      paths: { "/a": { get: { servers: [{ url: "https://upload.pets.example" }], responses: {} } } },
    });
    expect(connector.hosts).toEqual(["api.pets.example", "upload.pets.example"]);
    expect(connector.actions?.[0]?.http?.baseUrl).toBe("https://upload.pets.example");
  });
});

describe("security schemes", () => {
  const methods = (securitySchemes: Part, security?: unknown): ImportReport =>
    imported({ components: { securitySchemes }, ...(security === undefined ? {} : { security }) });

  test("become auth methods", () => {
    const { connector, warnings } = methods({
      header: { type: "apiKey", in: "header", name: "X-Key" },
      query: { type: "apiKey", in: "query", name: "key" },
      cookie: { type: "apiKey", in: "cookie", name: "sid" },
      basic: { type: "http", scheme: "Basic" },
      bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
      word: { type: "http", scheme: "Token" },
      digest: { type: "http", scheme: "digest" },
      app: {
        type: "oauth2",
        flows: { clientCredentials: { tokenUrl: "/oauth/token", scopes: { read: "" } } },
      },
      tls: { type: "mutualTLS" },
    });
    expect(connector.auth.map((method) => [method.id, method.type])).toEqual([
      ["header", "api-key"],
      ["query", "api-key"],
      ["basic", "basic"],
      ["bearer", "bearer"],
      ["word", "api-key"],
      ["oauth-app", "oauth2"],
    ]);
    expect(connector.auth).toMatchObject([
      { in: "header", name: "X-Key" },
      { in: "query", name: "key" },
      {},
      {},
      { name: "Authorization", value: "Token {apiKey}" },
      {
        grant: "client_credentials",
        tokenUrl: "https://api.pets.example/oauth/token",
        refresh: { by: "again" },
      },
    ]);
    expect(warnings).toHaveLength(3);
    expect(warnings.join()).toMatch(/"cookie".*"digest".*"tls"/);
  });

  test("that are needed together are one method, the most used first", () => {
    const { connector } = methods(
      {
        id: { type: "apiKey", in: "header", name: "X-App-Id" },
        key: { type: "apiKey", in: "query", name: "key" },
        basic: { type: "http", scheme: "basic" },
      },
      [
        { id: [], key: [] },
        { basic: [], id: [] },
      ],
    );
    expect(connector.auth).toMatchObject([
      { id: "id-and-key", type: "api-key", name: "X-App-Id", carry: { query: { key: "{key_key}" } } },
      { id: "basic", type: "basic", carry: { headers: { "X-App-Id": "{key_id}" } } },
    ]);
    expect(Object.keys(connector.auth[0]?.fields ?? {})).toEqual(["apiKey", "key_key"]);
    expect(Object.keys(connector.auth[1]?.fields ?? {})).toEqual(["username", "password", "key_id"]);
  });

  test("of OAuth without usable endpoints ask for a token, and say so", () => {
    for (const scheme of [
      { type: "openIdConnect", openIdConnectUrl: "http://169.254.169.254/.well-known" },
      { type: "oauth2", flows: { implicit: { authorizationUrl: "https://a.example/auth", scopes: {} } } },
      {
        type: "oauth2",
        flows: {
          authorizationCode: {
            authorizationUrl: "https://10.0.0.1/auth",
            tokenUrl: "https://10.0.0.1/token",
            scopes: {},
          },
        },
      },
    ]) {
      const { connector, warnings } = methods({ account: scheme });
      expect(connector.auth).toMatchObject([{ id: "bearer", type: "bearer" }]);
      expect(connector.hosts).toEqual(["api.pets.example"]);
      expect(warnings.join()).toContain('"account" names no endpoints');
    }
  });

  test("that are missing are guessed from the header that operations take", () => {
    const { connector } = imported({
      paths: { "/a": { get: { parameters: [{ name: "authorization", in: "header" }], responses: {} } } },
    });
    expect(connector.auth).toMatchObject([{ type: "api-key", name: "Authorization" }]);
    expect(connector.actions?.[0]?.http?.params).toBeUndefined();
  });
});

describe("hostile documents", () => {
  const yamlBomb = `openapi: 3.0.0\na0: &a0 [x,x,x,x,x,x,x,x,x]\n${Array.from(
    { length: 40 },
    (_, n) =>
      `a${String(n + 1)}: &a${String(n + 1)} [${Array(9)
        .fill(`*a${String(n)}`)
        .join(",")}]\n`,
  ).join("")}`;
  const mergeBomb = `openapi: 3.0.0\nm0: &m0 {k0: 1}\n${Array.from({ length: 5_000 }, (_, n) => `m${String(n + 1)}: &m${String(n + 1)} {<<: *m${String(n)}, k${String(n + 1)}: 1}\n`).join("")}`;
  const manyPaths = (count: number): string =>
    JSON.stringify(
      documentOf({
        paths: Object.fromEntries(
          Array.from({ length: count }, (_, n) => [`/p${String(n)}`, { get: { responses: {} } }]),
        ),
      }),
    );

  test.each([
    ["no document", "<html></html>", /no object/],
    ["another document", '{"hello":1}', /neither "openapi"/],
    ["broken JSON", '{"openapi": ', /no JSON/],
    ["broken YAML", "openapi: [3", /line 1/],
    ["nothing to do", '{"openapi":"3.0.0","paths":{}}', /no operations/],
    ["a prototype in JSON", '{"openapi":"3.0.0","x":{"__proto__":{"a":1}}}', /__proto__/],
    ["a prototype in YAML", "openapi: 3.0.0\n__proto__: {a: 1}", /__proto__/],
    ["deep JSON", `{"openapi":"3.0.0","a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`, /levels deep/],
    ["deep YAML", `openapi: ${"[".repeat(20_000)}`, /too deeply|levels deep/],
    ["deep keys", "? ".repeat(3_000), /too deeply|levels deep|no text/],
    ["a YAML bomb", yamlBomb, /at most 3,000,000 values/],
    ["a bomb of merges", mergeBomb, /at most 3,000,000 values/],
    ["YAML that contains itself", "openapi: 3.0.0\na: &a [*a]", /levels deep/],
    ["an alias of nothing", "openapi: 3.0.0\na: *b", /alias/i],
    ["YAML of many pieces", "#\n".repeat(2_000_000), /pieces/],
    ["a huge document", `{"openapi":"3.0.0","x":"${"x".repeat(20 * 1024 * 1024)}"}`, /larger than 20 MB/],
    ["operations without end", manyPaths(60_000), /more than 50,000 operations/],
  ])("%s is refused cleanly", (_, text, message) => {
    const said = refusal(text);
    expect(said).toMatch(/^DefinitionError: document /);
    expect(said).toMatch(message);
  });

  test("more operations than a connector has actions are cut off, and told", () => {
    const { operations, connector } = importOpenApi(manyPaths(6_000));
    expect(connector.actions).toHaveLength(5_000);
    expect(operations).toMatchObject({ total: 6_000, imported: 5_000 });
    expect(operations.skipped[0]).toEqual({
      operation: "GET /p5000",
      reason: "a connector has at most 5,000 actions",
    });
  });

  test("slow patterns cost neither the import nor whoever validates by them", () => {
    const paths = Object.fromEntries(
      Array.from({ length: 500 }, (_, n) => [
        `/p${String(n)}`,
        {
          get: {
            parameters: [
              {
                name: "q",
                in: "query",
                schema: { type: "string", pattern: `^(${"a|".repeat(60)}b${String(n)})*$` },
              },
            ],
            responses: {},
          },
        },
      ]),
    );
    const started = performance.now();
    const { connector, warnings } = imported({ paths });
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(JSON.stringify(connector)).not.toContain("pattern");
    expect(warnings).toEqual([expect.stringContaining("500 times")]);
  });

  test("names of every object's own members are names like others", () => {
    const { connector } = imported({
      paths: {
        "/{constructor}": {
          post: {
            operationId: "toString",
            parameters: [
              { name: "hasOwnProperty", in: "query", schema: { $ref: "#/constructor/prototype" } },
            ],
            requestBody: {
              content: { "application/json": { schema: { properties: { valueOf: { type: "string" } } } } },
            },
            responses: {},
          },
        },
      },
    });
    expect(connector.actions).toMatchObject([
      {
        slug: "to-string",
        input: {
          properties: { constructor: { type: "string" }, hasOwnProperty: true, valueOf: { type: "string" } },
        },
      },
    ]);
  });

  test("nonsense where anything else is expected is nothing", () => {
    expect(
      imported({
        info: [],
        servers: "x",
        components: "y",
        security: {},
        paths: {
          "/a": {
            get: { parameters: {}, responses: [], tags: 3, security: "z", requestBody: 7, summary: {} },
          },
          "/b": null,
          "/c": [],
          "x-d": { get: {} },
        },
      }).operations,
    ).toMatchObject({ total: 1, imported: 1 });
  });
});
