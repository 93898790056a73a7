import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SCOPES } from "#api/scopes.ts";
import { connectDatabase } from "#runtime/db/connect.ts";
import type { Problem } from "./client.ts";
import { makeTenant, startApi } from "./server.ts";
import type { Tenant, TestApi } from "./server.ts";

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly tags: string[];
  readonly security: unknown[];
  readonly requestBody?: { content: { "application/json": { schema: object; example?: unknown } } };
  readonly responses: Record<string, { content?: Record<string, { schema: object }> }>;
}
interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: {
    readonly schemas: Record<string, object>;
    readonly securitySchemes: Record<string, object>;
  };
  readonly tags: { name: string }[];
}

let api: TestApi;
let tenant: Tenant;
let document: Document;
beforeAll(async () => {
  api = await startApi();
  tenant = await makeTenant(api);
  document = (await (await fetch(`${api.url}/api/v1/openapi.json`)).json()) as Document;
});
afterAll(async () => api.close());

const operations = () => Object.values(document.paths).flatMap((item) => Object.values(item));

describe("the OpenAPI document", () => {
  test("is 3.1, with three ways to send the key", () => {
    expect(document.openapi).toBe("3.1.0");
    expect(Object.keys(document.components.securitySchemes)).toEqual(["bearer", "apiKey", "fastnApiKey"]);
  });

  test("describes every operation completely", () => {
    const ids = operations().map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const tags = document.tags.map(({ name }) => name);
    for (const operation of operations()) {
      expect(tags).toContain(operation.tags[0]);
      expect(operation.summary).not.toBe("");
      expect(operation.description).toContain("Scope:");
      expect(operation.security).toHaveLength(3);
      expect(Object.keys(operation.responses).some((status) => status.startsWith("2"))).toBe(true);
      expect(operation.responses["401"]?.content).toHaveProperty([
        "application/problem+json",
        "schema",
        "$ref",
      ]);
    }
  });

  test("takes strict objects, each with an example", () => {
    const bodies = operations().flatMap(({ requestBody }) => requestBody?.content["application/json"] ?? []);
    expect(bodies.length).toBeGreaterThan(12);
    for (const { schema, example } of bodies) {
      expect(schema).toMatchObject({ type: "object", additionalProperties: false });
      expect(example).toBeTypeOf("object");
    }
  });

  test("names only scopes that exist", () => {
    const named = operations().flatMap(({ description }) => description.match(/`[a-z-]+:[a-z_]+`/g) ?? []);
    expect(named.length).toBeGreaterThan(30);
    for (const scope of named) {
      expect(SCOPES).toContain(scope.slice(1, -1));
    }
  });

  test("has no reference that leads nowhere", () => {
    const text = JSON.stringify(document);
    for (const [, name] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      expect(document.components.schemas).toHaveProperty(name ?? "");
    }
  });
});

describe("the reference page", () => {
  test("shows every operation, and loads nothing from anywhere", async () => {
    const response = await fetch(`${api.url}/docs`);
    const page = await response.text();
    expect(response.headers.get("content-type")).toContain("text/html");
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-/);
    for (const { operationId, summary } of operations()) {
      expect(page).toContain(`id="${operationId}"`);
      expect(page).toContain(summary);
    }
    expect(page).not.toMatch(/<script|<img|<link|style="|onload=|https?:\/\/(?!www\.w3\.org)[^"]*\.js/i);
    expect(page).toContain('lang="en"');
  });

  test("has a style with the hash that its policy names", async () => {
    const response = await fetch(`${api.url}/docs`);
    const style = /<style>([\s\S]*?)<\/style>/.exec(await response.text())?.[1] ?? "";
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style));
    expect(response.headers.get("content-security-policy")).toContain(Buffer.from(digest).toString("base64"));
  });
});

describe("health", () => {
  test("is alive and ready", async () => {
    expect(await (await fetch(`${api.url}/healthz`)).json()).toEqual({ status: "ok" });
    const ready = await fetch(`${api.url}/readyz`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toEqual({ status: "ok", database: "ok", queue: "ok" });
  });

  test("says which part is away, and requests answer 503 with Retry-After", async () => {
    const url = "postgres://nobody@127.0.0.1:1/nothing";
    const nowhere = connectDatabase({ url, masterKey: api.db.masterKey }, { poolSize: 1, process: "test" });
    const broken = await startApi({ database: nowhere });
    const ready = await fetch(`${broken.url}/readyz`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toEqual({ status: "unavailable", database: "away", queue: "ok" });
    expect((await fetch(`${broken.url}/healthz`)).status).toBe(200);
    const answer = await fetch(`${broken.url}/api/v1/workflows`, { headers: { "x-api-key": tenant.key } });
    expect(answer.status).toBe(503);
    expect(answer.headers.get("retry-after")).toBe("2");
    const problem = (await answer.json()) as Problem;
    expect(problem.code).toBe("TENON_UNAVAILABLE");
    expect(problem.detail).not.toContain("127.0.0.1");
    await nowhere.close();
    await broken.close();
  });
});

describe("the rate limit", () => {
  test("counts each key, says how much is left, and refuses with 429 until the window ends", async () => {
    const limited = await startApi({ rateLimit: { perMinute: 3 } });
    const one = await makeTenant(limited);
    const two = await makeTenant(limited);
    const answers = [];
    for (let index = 0; index < 4; index += 1) {
      answers.push(await one.client.get<Problem>("/api-keys/current"));
    }
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(answers[0]?.headers.get("ratelimit-policy")).toBe('"per-minute";q=3;w=60');
    expect(answers[2]?.headers.get("ratelimit")).toMatch(/^"per-minute";r=0;t=\d+$/);
    expect(answers[3]).toMatchObject({ body: { code: "TENON_RATE_LIMITED" } });
    expect(Number(answers[3]?.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await two.client.get("/api-keys/current")).status).toBe(200);
    await limited.close();
  });
});
