import { describe, expect, test } from "vitest";
import type { ImportOptions, ImportReport } from "#sdk/connector/openapi/import.ts";
import { imported } from "./openapi-document.ts";
import type { Part } from "./openapi-document.ts";

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
