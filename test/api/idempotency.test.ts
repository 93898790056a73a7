import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Client, Page, Problem } from "./client.ts";
import { insertVersion } from "./fixtures.ts";
import { makeTenant, startApi } from "./server.ts";
import type { Tenant, TestApi } from "./server.ts";

let api: TestApi;
let tenant: Tenant;
let client: Client;
beforeAll(async () => {
  api = await startApi();
  tenant = await makeTenant(api);
  ({ client } = tenant);
  await client.send("POST", "/environments", { slug: "dev" });
  await client.send("POST", "/workflows", { slug: "flow" });
  await insertVersion(api, tenant, "flow");
  await client.send("POST", "/workflows/flow/deployments", { environment: "dev", version: 1 });
});
afterAll(async () => api.close());

const withKey = (key: string) => ({ "idempotency-key": key });

describe("an Idempotency-Key", () => {
  test.each<[string, unknown, string]>([
    ["/environments", { slug: "once" }, "/environments"],
    ["/customers", { slug: "once" }, "/customers"],
    ["/workflows", { slug: "once" }, "/workflows"],
    ["/environments/dev/variables", { name: "ONCE", value: "1" }, "/environments/dev/variables"],
    ["/environments/dev/secrets", { name: "ONCE", value: "long enough" }, "/environments/dev/secrets"],
    ["/workflows/flow/deployments", { environment: "dev", version: 1 }, "/deployments"],
    ["/runs", { workflow: "flow", environment: "dev", input: { n: 1 } }, "/runs"],
  ])("makes %s create once, whatever is lost on the way", async (path, body, list) => {
    const before = (await client.get<Page>(list)).body.data.length;
    const first = await client.send("POST", path, body, withKey(`key-of-${path}`));
    const again = await client.send("POST", path, body, withKey(`key-of-${path}`));
    expect(first.headers.get("idempotency-replayed")).toBeNull();
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(again.status).toBe(first.status);
    expect(again.body.id).toBe(first.body.id);
    expect((await client.get<Page>(list)).body.data).toHaveLength(before + 1);
  });

  test("sent with a different request is refused with 422", async () => {
    await client.send("POST", "/customers", { slug: "reused-1" }, withKey("reused"));
    const other = await client.send<Problem>("POST", "/customers", { slug: "reused-2" }, withKey("reused"));
    expect(other).toMatchObject({ status: 422, body: { code: "TENON_IDEMPOTENCY_REUSED" } });
    const run = { workflow: "flow", environment: "dev", input: 1 };
    await client.send("POST", "/runs", run, withKey("reused-run"));
    const otherRun = await client.send<Problem>("POST", "/runs", { ...run, input: 2 }, withKey("reused-run"));
    expect(otherRun).toMatchObject({ status: 422, body: { code: "TENON_IDEMPOTENCY_REUSED" } });
  });

  test("stands for the same run, however long the caller waits", async () => {
    const run = { workflow: "flow", environment: "dev", input: "patience" };
    const first = await client.send("POST", "/runs", run, withKey("patience"));
    const again = await client.send("POST", "/runs?wait=0.05", run, withKey("patience"));
    expect(again).toMatchObject({ status: 202, body: { id: first.body.id } });
  });

  test("sent by several at once creates one thing", async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        client.send("POST", "/customers", { slug: "at-once" }, withKey("at-once")),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(201));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers.get("idempotency-replayed") === null)).toHaveLength(1);
  });

  test("is free again after a request that failed", async () => {
    const body = { name: "LATER", value: "1" };
    const failed = await client.send("POST", "/environments/later/variables", body, withKey("failed"));
    expect(failed.status).toBe(404);
    await client.send("POST", "/environments", { slug: "later" });
    const retried = await client.send("POST", "/environments/later/variables", body, withKey("failed"));
    expect(retried.status).toBe(201);
  });

  test("is one organization's own", async () => {
    const other = await makeTenant(api);
    const mine = await client.send("POST", "/customers", { slug: "mine" }, withKey("shared"));
    const theirs = await other.client.send("POST", "/customers", { slug: "mine" }, withKey("shared"));
    expect(theirs.status).toBe(201);
    expect(theirs.body.id).not.toBe(mine.body.id);
  });

  test("never shows an API key a second time", async () => {
    const body = { name: "once", kind: "test" };
    const first = await client.send("POST", "/api-keys", body, withKey("api-key"));
    const again = await client.send("POST", "/api-keys", body, withKey("api-key"));
    expect(first.body["key"]).toMatch(/^tn_test_/);
    expect(again.body).toMatchObject({ id: first.body.id, key: null });
    expect(again.body["warning"]).toContain("not shown again");
  });

  test.each(["with space", "\u00fc", "x".repeat(256)])("of the form %j is refused", async (key) => {
    const answer = await client.send<Problem>("POST", "/customers", { slug: "bad-key" }, withKey(key));
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: "Idempotency-Key" }] } });
  });
});
