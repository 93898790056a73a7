import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createClient, everyPage } from "#sdk/client.ts";
import type { TenonClient } from "#sdk/client.ts";

// What no healthy server does on demand: to be busy, to break off, to be somebody else.
const servers: Server[] = [];
afterEach(() =>
  servers.splice(0).forEach((server) => {
    server.closeAllConnections();
    server.close();
  }),
);

async function serve(
  answer: (request: IncomingMessage, response: ServerResponse, count: number) => void,
): Promise<{ client: TenonClient; requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => answer(request, response, requests.push(request)));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
  return { client: createClient({ url, apiKey: "tn_test_key" }), requests };
}

function problem(
  response: ServerResponse,
  status: number,
  code: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/problem+json", ...headers }).end(
    JSON.stringify({
      status,
      code,
      detail: "No.",
      requestId: "r1",
      errors: [{ path: "name", message: "is wrong" }],
    }),
  );
}

const json = (response: ServerResponse, value: unknown): void =>
  void response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));

test("a busy server is asked again when it says, with the same idempotency key", async () => {
  const { client, requests } = await serve((_request, response, count) =>
    count < 3
      ? problem(response, count === 1 ? 503 : 429, "TENON_BUSY", { "retry-after": "0" })
      : json(response, { id: "run" }),
  );
  await expect(client.runs.create({ workflow: "w", environment: "e" })).resolves.toEqual({ id: "run" });
  const keys = new Set(requests.map(({ headers }) => headers["idempotency-key"]));
  expect(requests).toHaveLength(3);
  expect(keys.size).toBe(1);
});

test("what may not be repeated is sent once", async () => {
  const { client, requests } = await serve((_request, response) =>
    problem(response, 503, "TENON_UNAVAILABLE", { "retry-after": "0" }),
  );
  await expect(client.workflows.create({ slug: "w" })).rejects.toMatchObject({
    status: 503,
    retryAfterMs: 0,
  });
  expect(requests).toHaveLength(1);
});

test("a refusal has its code, its fields and its request", async () => {
  const { client, requests } = await serve((_request, response) => problem(response, 422, "TENON_INVALID"));
  await expect(client.environments.list()).rejects.toMatchObject({
    name: "TenonApiError",
    code: "TENON_INVALID",
    message: "No.",
    requestId: "r1",
    errors: [{ path: "name", message: "is wrong" }],
  });
  expect(requests[0]?.headers.authorization).toBe("Bearer tn_test_key");
});

test("a redirect is not followed: the key stays with its server", async () => {
  const { client, requests } = await serve((_request, response) =>
    response.writeHead(302, { location: "/elsewhere" }).end(),
  );
  await expect(client.environments.list()).rejects.toMatchObject({ name: "TenonConnectionError" });
  expect(requests).toHaveLength(1);
});

test("names are encoded into the path, never more than one segment of it", async () => {
  const { client, requests } = await serve((_request, response) => json(response, {}));
  await client.secrets.get("a/../b", "X?y#z");
  expect(requests[0]?.url).toBe("/api/v1/environments/a%2F..%2Fb/secrets/X%3Fy%23z");
});

test("every page of a list is read", async () => {
  const { client } = await serve((request, response) =>
    json(
      response,
      request.url?.includes("cursor=c1") === true
        ? { data: [3], nextCursor: null }
        : { data: [1, 2], nextCursor: "c1" },
    ),
  );
  expect(await Array.fromAsync(everyPage((page) => client.runs.list(page)))).toEqual([1, 2, 3]);
});

test("a broken event stream is taken up after the last line that arrived", async () => {
  const { client, requests } = await serve((_request, response, count) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const line = (id: string): string => `id: ${id}\nevent: log\ndata: {"id":"${id}"}\n\n`;
    if (count === 1) {
      response.write(`event: status\ndata: {"status":"running"}\n\n${line("1-1")}`, () => response.destroy());
      return;
    }
    response.end(
      `: beat\n\nevent: later\ndata: {}\n\n${line("1-2")}event: end\nid: end\ndata: {"id":"run"}\n\n`,
    );
  });
  const events = await Array.fromAsync(client.runs.events("run"));
  expect(events.map((event) => (event.type === "log" ? event.log.id : event.type))).toEqual([
    "status",
    "1-1",
    "1-2",
    "end",
  ]);
  expect(requests.map(({ headers }) => headers["last-event-id"])).toEqual([undefined, "1-1"]);
});

test("an address that is none is refused before anything is sent", () => {
  expect(() => createClient({ url: "example.com", apiKey: "k" })).toThrow("http://");
});
