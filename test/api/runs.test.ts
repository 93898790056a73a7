import { createParser } from "eventsource-parser";
import type { EventSourceMessage } from "eventsource-parser";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Client, Json, Page, Problem } from "./client.ts";
import { finishRun, insertLogs, insertRun, insertVersion } from "./fixtures.ts";
import { makeTenant, startApi } from "./server.ts";
import type { Tenant, TestApi } from "./server.ts";

let api: TestApi;
let tenant: Tenant;
let client: Client;
const WHERE = { workflow: "flow", environment: "dev" };
const PRODUCTION = { workflow: "flow", environment: "prod" };
beforeAll(async () => {
  api = await startApi();
  tenant = await makeTenant(api);
  ({ client } = tenant);
  await client.send("POST", "/environments", { slug: "dev" });
  await client.send("POST", "/environments", { slug: "prod", production: true });
  await client.send("POST", "/workflows", { slug: "flow" });
  await insertVersion(api, tenant, "flow");
  await client.send("POST", "/workflows/flow/deployments", { environment: "dev", version: 1 });
  await client.send("POST", "/workflows/flow/deployments", { environment: "prod", version: 1 });
});
afterAll(async () => api.close());

/** Reads a run's event stream until it ends or `until` says so. */
async function follow(
  runId: string,
  options: {
    lastEventId?: string;
    until?: (event: EventSourceMessage) => boolean;
    onEvent?: (event: EventSourceMessage) => void;
  } = {},
): Promise<{ status: number; events: EventSourceMessage[] }> {
  const aborter = new AbortController();
  const response = await fetch(`${api.url}/api/v1/runs/${runId}/events`, {
    headers: {
      authorization: `Bearer ${tenant.key}`,
      ...(options.lastEventId === undefined ? {} : { "last-event-id": options.lastEventId }),
    },
    signal: aborter.signal,
  });
  const events: EventSourceMessage[] = [];
  let enough = false;
  const parser = createParser({
    onEvent: (event) => {
      events.push(event);
      options.onEvent?.(event);
      enough ||= options.until?.(event) ?? false;
    },
  });
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    if (enough) {
      break;
    }
  }
  aborter.abort();
  return { status: response.status, events };
}

describe("starting a run", () => {
  test("answers 202 with the run, which is queued", async () => {
    const answer = await client.send("POST", "/runs", { ...WHERE, input: { a: 1 } });
    expect(answer).toMatchObject({
      status: 202,
      body: {
        status: "queued",
        input: { a: 1 },
        result: null,
        workflow: { slug: "flow" },
        environment: { slug: "dev" },
      },
    });
    expect(answer.body["environment"]).not.toHaveProperty("production");
  });

  test("takes any JSON as input, text that PostgreSQL could not store too", async () => {
    for (const input of [null, 0, "", [], { "": "\0", "\u2028": "𝕏" }, [[[{ a: "\ud800" }]]]]) {
      const answer = await client.send("POST", "/runs", { ...WHERE, input });
      expect(answer.status).toBe(202);
      expect(answer.body["input"]).toEqual(input);
    }
  });

  test("refuses more than 1 MB of input", async () => {
    const answer = await client.send<Problem>("POST", "/runs", { ...WHERE, input: "x".repeat(1_048_576) });
    expect(answer).toMatchObject({ status: 413, body: { code: "TENON_TOO_LARGE" } });
  });

  test("waits as long as it is told, then answers what is there", async () => {
    const started = Date.now();
    const answer = await client.send("POST", "/runs?wait=0.3", WHERE);
    expect(answer.status).toBe(202);
    expect(Date.now() - started).toBeGreaterThan(250);
  });

  test("answers 200 as soon as the run has ended", async () => {
    const newest = async () => (await client.get<Page>("/runs?status=queued&limit=1")).body.data[0];
    const before = await newest();
    const waiting = client.send("POST", "/runs?wait=20", { ...WHERE, input: "to be finished" });
    await expect.poll(async () => (await newest())?.id).not.toBe(before?.id);
    const run = await newest();
    await finishRun(api, tenant, run?.id ?? "");
    expect(await waiting).toMatchObject({ status: 200, body: { id: run?.id, status: "completed" } });
  });

  test("says what stands in the way", async () => {
    await client.send("POST", "/workflows", { slug: "nowhere" });
    const undeployed = await client.send<Problem>("POST", "/runs", {
      workflow: "nowhere",
      environment: "dev",
    });
    expect(undeployed).toMatchObject({ status: 409, body: { code: "TENON_NOT_DEPLOYED" } });
    await client.send("POST", "/customers", { slug: "late-payer", status: "suspended" });
    const suspended = await client.send<Problem>("POST", "/runs", { ...WHERE, customer: "late-payer" });
    expect(suspended).toMatchObject({ status: 409, body: { code: "TENON_CUSTOMER_SUSPENDED" } });
  });

  test("needs workflows:execute, and a live key for production", async () => {
    const reader = await tenant.withKey({ scopes: ["runs:read"] });
    expect((await reader.send("POST", "/runs", WHERE)).status).toBe(403);
    const testKey = await tenant.withKey({ kind: "test" });
    expect((await testKey.send("POST", "/runs", WHERE)).status).toBe(202);
    const refused = await testKey.send<Problem>("POST", "/runs", PRODUCTION);
    expect(refused).toMatchObject({ status: 403, body: { code: "TENON_TEST_KEY" } });
  });
});

describe("reading runs", () => {
  test("shows input, result and how long it took", async () => {
    const id = await insertRun(api, tenant, WHERE, {
      status: "completed",
      input: { q: 1 },
      result: [1, "two"],
    });
    expect((await client.get(`/runs/${id}`)).body).toMatchObject({
      status: "completed",
      input: { q: 1 },
      result: [1, "two"],
      version: 1,
      durationMs: 0,
    });
    const attempts = await client.get<Page>(`/runs/${id}/attempts`);
    expect(attempts.body.data).toMatchObject([{ number: 1, status: "completed" }]);
  });

  test("filters by status, workflow, environment and time", async () => {
    const id = await insertRun(api, tenant, PRODUCTION, { status: "failed" });
    const ids = async (query: string) =>
      (await client.get<Page>(`/runs?${query}`)).body.data.map((run) => run.id);
    expect(await ids("status=failed&workflow=flow&environment=prod")).toEqual([id]);
    expect(await ids("status=failed&environment=dev")).toEqual([]);
    expect(await ids(`createdAfter=${new Date(Date.now() + 60_000).toISOString()}`)).toEqual([]);
    expect(await ids(`createdBefore=2020-01-01T00:00:00Z`)).toEqual([]);
  });

  test("hides production from test keys", async () => {
    const id = await insertRun(api, tenant, PRODUCTION, { status: "completed", result: 1 });
    const testKey = await tenant.withKey({ kind: "test" });
    for (const path of ["", "/logs", "/attempts", "/events"]) {
      expect((await testKey.get(`/runs/${id}${path}`)).status).toBe(403);
    }
    expect((await testKey.send("POST", `/runs/${id}/cancel`)).status).toBe(403);
    const { data } = (await testKey.get<Page>("/runs")).body;
    expect(data.every((run) => (run["environment"] as Json)["slug"] === "dev")).toBe(true);
  });

  test("pages through the log from its first line", async () => {
    const logs = Array.from({ length: 5 }, (_, index) => `line ${String(index + 1)}`);
    const id = await insertRun(api, tenant, WHERE, { status: "completed", logs });
    const first = await client.get<Page>(`/runs/${id}/logs?limit=3`);
    expect(first.body.data.map((line) => line["message"])).toEqual(logs.slice(0, 3));
    expect(first.body.nextCursor).toBe("1-3");
    const second = await client.get<Page>(`/runs/${id}/logs?limit=3&cursor=1-3`);
    expect(second.body.data.map((line) => line["message"])).toEqual(logs.slice(3));
    expect(second.body.nextCursor).toBeNull();
  });
});

describe("cancelling", () => {
  test("ends a queued run at once, and again changes nothing", async () => {
    const { body } = await client.send("POST", "/runs", WHERE);
    expect(await client.send("POST", `/runs/${body.id}/cancel`)).toMatchObject({
      status: 200,
      body: { status: "cancelled" },
    });
    const trail = await client.get<Page>("/audit?action=run.cancel&limit=1");
    expect(trail.body.data).toMatchObject([{ resource: { type: "run", id: body.id } }]);
  });

  test("tells a running run, and refuses one that has ended", async () => {
    const running = await insertRun(api, tenant, WHERE, { status: "running" });
    expect(await client.send("POST", `/runs/${running}/cancel`)).toMatchObject({
      status: 200,
      body: { status: "running", cancelRequested: true },
    });
    const ended = await insertRun(api, tenant, WHERE, { status: "completed" });
    expect(await client.send("POST", `/runs/${ended}/cancel`)).toMatchObject({
      status: 409,
      body: { code: "TENON_RUN_FINISHED" },
    });
  });
});

describe("the event stream", () => {
  test("sends what there is, then what happens, and ends with the run", async () => {
    const id = await insertRun(api, tenant, WHERE, { status: "running", logs: ["one", "two"] });
    let sent = false;
    const { events } = await follow(id, {
      onEvent: ({ id: eventId }) => {
        if (eventId === "1-2" && !sent) {
          sent = true;
          void insertLogs(api, tenant, id, 3, ["three"]).then(async () => finishRun(api, tenant, id));
        }
      },
    });
    expect(events.map(({ event, id: eventId }) => `${event ?? ""} ${eventId ?? "-"}`)).toEqual([
      "status -",
      "log 1-1",
      "log 1-2",
      "log 1-3",
      "status -",
      "end end",
    ]);
    expect(JSON.parse(events.at(-1)?.data ?? "")).toMatchObject({ id, status: "completed" });
  });

  test("resumes after the line that was seen last", async () => {
    const id = await insertRun(api, tenant, WHERE, { status: "completed", logs: ["one", "two", "three"] });
    const { events } = await follow(id, { lastEventId: "1-2" });
    expect(events.filter(({ event }) => event === "log").map(({ id: eventId }) => eventId)).toEqual(["1-3"]);
    expect(events.at(-1)?.event).toBe("end");
  });

  test("tells a browser that reconnects after the end to stop", async () => {
    const id = await insertRun(api, tenant, WHERE, { status: "completed" });
    expect(await follow(id, { lastEventId: "end" })).toEqual({ status: 204, events: [] });
  });

  test("sends more lines than fit in one read, each once and in order", async () => {
    const logs = Array.from({ length: 1_203 }, (_, index) => String(index));
    const id = await insertRun(api, tenant, WHERE, { status: "completed", logs });
    const { events } = await follow(id);
    const lines = events
      .filter(({ event }) => event === "log")
      .map(({ data }) => (JSON.parse(data) as Json)["message"]);
    expect(lines).toEqual(logs);
  });

  test("answers HEAD without following the run", async () => {
    const id = await insertRun(api, tenant, WHERE, { status: "running" });
    const response = await fetch(`${api.url}/api/v1/runs/${id}/events`, {
      method: "HEAD",
      headers: { "x-api-key": tenant.key },
    });
    expect(response.headers.get("content-type")).toBe("text/event-stream");
  });

  test("does not exist for an unknown run", async () => {
    expect((await client.get("/runs/019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e77/events")).status).toBe(404);
  });
});

describe("a process that stops", () => {
  test("answers those who wait and ends the streams", async () => {
    const other = await startApi();
    const owner = await makeTenant(other);
    await owner.client.send("POST", "/environments", { slug: "dev" });
    await owner.client.send("POST", "/workflows", { slug: "flow" });
    await insertVersion(other, owner, "flow");
    await owner.client.send("POST", "/workflows/flow/deployments", { environment: "dev", version: 1 });
    const id = await insertRun(other, owner, WHERE, { status: "running" });
    const waiting = owner.client.send("POST", "/runs?wait=60", WHERE);
    const stream = await fetch(`${other.url}/api/v1/runs/${id}/events`, {
      headers: { "x-api-key": owner.key },
    });
    await expect
      .poll(async () => (await owner.client.get<Page>("/runs?status=queued")).body.data.length)
      .toBe(1);
    other.stop();
    expect((await waiting).status).toBe(202);
    expect(await stream.text()).toContain("event: status");
    expect(await (await fetch(`${other.url}/readyz`)).json()).toMatchObject({ status: "stopping" });
    await other.close();
  });
});
