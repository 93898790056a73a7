import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readDocument } from "#test/api/client.ts";
import type { Problem } from "#test/api/client.ts";
import { insertVersion } from "#test/api/fixtures.ts";
import { makeTenant, startApi } from "#test/api/server.ts";
import type { Tenant, TestApi } from "#test/api/server.ts";

let api: TestApi;
let tenant: Tenant;
beforeAll(async () => {
  api = await startApi();
  tenant = await makeTenant(api);
  await tenant.client.send("POST", "/environments", { slug: "dev" });
  await tenant.client.send("POST", "/workflows", { slug: "flow" });
  await insertVersion(api, tenant, "flow");
});
afterAll(async () => api.close());

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  tenant.client.send<Problem>("POST", path, body, headers);

/**
 * What is wrong with an answer that should be a problem: it must have a code and the request's id, and must show
 * nothing of the inside. An empty list is a good answer.
 */
function faults(
  answer: { status: number; headers: Headers; body: Problem },
  status: number,
  code: string,
): string[] {
  const { headers, body } = answer;
  const checks: [string, boolean][] = [
    [
      `status ${String(answer.status)} instead of ${String(status)}`,
      answer.status === status && body.status === status,
    ],
    [`code ${body.code} instead of ${code}`, body.code === code && body.type === `urn:tenon:problem:${code}`],
    ["not a problem document", headers.get("content-type") === "application/problem+json"],
    ["may be cached", headers.get("cache-control") === "no-store"],
    ["no request id", body.requestId !== "" && body.requestId === headers.get("x-request-id")],
    ["no title", body.title !== ""],
    [
      `shows the inside: ${body.detail}`,
      !/\bat .+:\d+:\d+|node_modules|select |insert |postgres/i.test(JSON.stringify(body)),
    ],
  ];
  return checks.filter(([, good]) => !good).map(([fault]) => fault);
}

describe("a body", () => {
  test.each([
    ["not JSON", "{not json"],
    ["cut off", '{"slug": "a'],
    ["empty", ""],
    ["only spaces", "   "],
    ["two values", '{"slug":"a"}{"slug":"b"}'],
    ["with a comment", '{"slug":"a" /* b */}'],
  ])("that is %s is malformed", async (_, body) => {
    expect(faults(await post("/environments", body), 400, "TENON_MALFORMED_JSON")).toEqual([]);
  });

  test.each([
    ["null", "null"],
    ["an array", "[]"],
    ["a string", '"slug"'],
    ["a number", "1e999"],
  ])("that is %s is refused as a whole", async (_, body) => {
    expect(faults(await post("/environments", body), 400, "TENON_INVALID")).toEqual([]);
  });

  test("is never quoted in a refusal: it may hold a secret", async () => {
    const answer = await post("/environments/dev/secrets", '{"name":"A","value":"sk_live_1234567890" oops}');
    expect(faults(answer, 400, "TENON_MALFORMED_JSON")).toEqual([]);
    expect(JSON.stringify(answer.body)).not.toContain("sk_live");
  });

  test("must be UTF-8", async () => {
    const response = await fetch(`${api.url}/api/v1/environments`, {
      method: "POST",
      headers: { authorization: `Bearer ${tenant.key}`, "content-type": "application/json" },
      body: new Uint8Array([...Buffer.from('{"slug":"'), 0xff, 0xfe, ...Buffer.from('"}')]),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "TENON_MALFORMED_JSON" });
  });

  test.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json; charset=utf-16",
    "",
  ])("of the type %j is refused", async (type) => {
    expect(
      faults(
        await post("/environments", '{"slug":"a"}', { "content-type": type }),
        415,
        "TENON_UNSUPPORTED_MEDIA_TYPE",
      ),
    ).toEqual([]);
  });

  test("may name its charset", async () => {
    const answer = await post("/customers", '{"slug":"charset"}', {
      "content-type": "application/json; charset=UTF-8",
    });
    expect(answer.status).toBe(201);
  });

  test.each([
    ["/environments/dev/variables", 10 * 1_048_576],
    ["/runs", 1_114_112],
    ["/workflows/flow/versions", 6 * 1_048_576],
  ])("of %s may have %i bytes", async (path, limit) => {
    const tooLarge = JSON.stringify({ filler: "x".repeat(limit) });
    expect(faults(await post(path, tooLarge), 413, "TENON_TOO_LARGE")).toEqual([]);
  });

  test("without a length is counted as it comes", async () => {
    const chunk = new Uint8Array(1_048_576).fill(0x20);
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += 1;
        controller.enqueue(chunk);
        if (sent > 100) {
          controller.close();
        }
      },
    });
    const response = await fetch(`${api.url}/api/v1/runs`, {
      method: "POST",
      headers: { authorization: `Bearer ${tenant.key}`, "content-type": "application/json" },
      body,
      duplex: "half",
    } as RequestInit).catch((error: unknown) => error);
    // The server may close while the client still sends: then fetch fails, and little was read either way.
    expect(response instanceof Response ? response.status : 413).toBe(413);
    expect(sent).toBeLessThan(100);
  });

  test("nested bottomlessly is refused, not fatal", async () => {
    const deep = `{"workflow":"flow","environment":"dev","input":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
    expect(faults(await post("/runs", deep), 400, "TENON_INVALID")).toEqual([]);
    const metadata = `{"slug":"deep","metadata":${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}}`;
    expect(faults(await post("/customers", metadata), 400, "TENON_INVALID")).toEqual([]);
    expect((await fetch(`${api.url}/healthz`)).status).toBe(200);
  });

  test("may not smuggle a prototype", async () => {
    expect(
      faults(
        await post("/customers", '{"slug":"proto","__proto__":{"status":"suspended"}}'),
        400,
        "TENON_INVALID",
      ),
    ).toEqual([]);
    const answer = await post("/customers", '{"slug":"proto-2","metadata":{"__proto__":{"polluted":true}}}');
    expect([201, 400]).toContain(answer.status);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});

describe("a field", () => {
  test.each<[string, string, unknown, string[]]>([
    ["unknown", "/environments", { slug: "a", colour: "red" }, ["colour"]],
    ["unknown, deep in a customer", "/customers", { slug: "a", metadata: {}, plan: 1 }, ["plan"]],
    ["missing", "/environments", {}, ["slug"]],
    ["of another type", "/environments", { slug: 5, production: "yes" }, ["slug", "production"]],
    ["null", "/environments", { slug: null }, ["slug"]],
    ["too long", "/environments", { slug: "a".repeat(101) }, ["slug"]],
    ["with spaces", "/environments", { slug: "not a slug" }, ["slug"]],
    ["with the form of an id", "/customers", { slug: "019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e77" }, ["slug"]],
    [
      "with a path in a host",
      "/environments/dev/secrets",
      { name: "A", value: "v", hosts: ["a.example/path"] },
      ["hosts.0"],
    ],
    ["that is no name", "/environments/dev/variables", { name: "1-A", value: "v" }, ["name"]],
    ["that is no scope", "/api-keys", { name: "k", kind: "live", scopes: ["root"] }, ["scopes.0"]],
    [
      "in the past",
      "/api-keys",
      { name: "k", kind: "live", expiresAt: "2001-01-01T00:00:00Z" },
      ["expiresAt"],
    ],
    ["that is no date", "/api-keys", { name: "k", kind: "live", expiresAt: "tomorrow" }, ["expiresAt"]],
    ["twice given", "/workflows/flow/versions", { source: "a", bundle: "b" }, ["source"]],
    [
      "that climbs folders",
      "/workflows/flow/versions",
      { source: "a", filename: "../../etc/x.ts" },
      ["filename"],
    ],
    ["not whole", "/runs", { workflow: "flow", environment: "dev", version: 1.5 }, ["version"]],
    ["with NUL", "/customers", { slug: "nul", name: "a\0b" }, ["name"]],
    ["with NUL, deep", "/customers", { slug: "nul", metadata: { a: [{ b: "\0" }] } }, ["metadata.a.0.b"]],
    ["with half a character", "/customers", { slug: "half", name: "a\ud800b" }, ["name"]],
  ])("that is %s is named, with what would mend it", async (_, path, body, paths) => {
    const answer = await post(path, body);
    expect(faults(answer, 400, "TENON_INVALID")).toEqual([]);
    expect(answer.body.errors.map(({ path: field }) => field)).toEqual(paths);
    for (const { message } of answer.body.errors) {
      expect(message).toMatch(/^(must|is)\b/);
    }
  });

  test.each([
    ["/runs?limit=0", "limit"],
    ["/runs?limit=101", "limit"],
    ["/runs?limit=ten", "limit"],
    ["/runs?cursor=abc", "cursor"],
    ["/runs?status=done", "status"],
    ["/runs?statsu=failed", "statsu"],
    ["/audit?after=yesterday", "after"],
    ["/runs?workflow=%00", "workflow"],
    ["/environments/dev?x=1", "x"],
    ["/environments/dev/secrets/%00", "name"],
  ])("of the query %s is named", async (path, field) => {
    const answer = await tenant.client.send<Problem>("GET", path);
    expect(faults(answer, 400, "TENON_INVALID")).toEqual([]);
    expect(answer.body.errors.map((error) => error.path)).toEqual([field]);
  });

  test("that is unknown is refused by every route with a body", async () => {
    const { paths } = await readDocument(api.url);
    const values = { environment: "dev", workflow: "flow", customer: "charset", name: "NAME" } as Record<
      string,
      string
    >;
    for (const [path, item] of Object.entries(paths)) {
      for (const [method, operation] of Object.entries(item)) {
        if (!("requestBody" in operation)) {
          continue;
        }
        const target = path
          .replace("/api/v1", "")
          .replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? name);
        const answer = await tenant.client.send<Problem>(method.toUpperCase(), target, { surprise: 1 });
        expect({ target, status: answer.status }).toEqual({ target, status: 400 });
        expect(answer.body.errors).toContainEqual(expect.objectContaining({ path: "surprise" }));
      }
    }
  });
});

describe("a path", () => {
  test.each(["/nothing", "/environments/dev/nothing", "/runs/x/y/z", "/%2e%2e/%2e%2e/etc/passwd", "/"])(
    "%s that does not exist answers 404",
    async (path) => {
      expect(faults(await tenant.client.send<Problem>("GET", path), 404, "TENON_NOT_FOUND")).toEqual([]);
    },
  );

  test.each(["not-a-uuid", "%20", "..%2f..", "' or 1=1 --", "0", "019a3f5c", "9".repeat(200)])(
    "with the id %j answers 404 on runs",
    async (id) => {
      expect(
        faults(
          await tenant.client.send<Problem>("GET", `/runs/${encodeURIComponent(id)}`),
          404,
          "TENON_NOT_FOUND",
        ),
      ).toEqual([]);
    },
  );

  test("with another method answers 405 and says which it takes", async () => {
    const answer = await tenant.client.send<Problem>("PUT", "/environments/dev");
    expect(faults(answer, 405, "TENON_METHOD_NOT_ALLOWED")).toEqual([]);
    expect(answer.headers.get("allow")).toBe("DELETE, GET, HEAD, PATCH");
  });
});

describe("the connection", () => {
  test("survives a request that ends in its middle", async () => {
    const { port } = new URL(api.url);
    const socket = connect(Number(port), "127.0.0.1");
    const head = `POST /api/v1/customers HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${tenant.key}\r\nContent-Type: application/json\r\n`;
    socket.write(`${head}Content-Length: 1000\r\n\r\n{"slug":`);
    await new Promise((resolve) => socket.once("connect", resolve));
    socket.destroy();
    expect((await tenant.client.get("/api-keys/current")).status).toBe(200);
  });

  test("carries no permission for other origins", async () => {
    const response = await fetch(`${api.url}/api/v1/environments`, {
      headers: { authorization: `Bearer ${tenant.key}`, origin: "https://evil.example" },
    });
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("cache-control")).toBe("no-store");
  });
});
