import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEgress } from "#runtime/egress/fetch.ts";
import type { Egress } from "#runtime/egress/fetch.ts";
import type { SandboxPool } from "#runtime/host/execution.ts";
import { resultOf, run, secret, startPool } from "#test/host/sandbox-pool.ts";
import { TEST_CA } from "./certificate.ts";
import { serve } from "./server.ts";
import type { TestServer } from "./server.ts";

const VALUE = 'sk_live "quoted" & 50%\\é';
const OTHER = "whsec_plain_other_value";

let pool: SandboxPool;
let egress: Egress;
beforeAll(async () => {
  egress = createEgress({ allow: ["127.0.0.0/8"], ca: TEST_CA });
  pool = await startPool({ processes: 1, egress });
});
afterAll(async () => {
  await pool.close();
  await egress.close();
});

/** Runs guest code with two secrets that are bound to a server, and the server's URL for input. */
async function guest(
  server: TestServer,
  code: string,
  hosts: readonly string[] = [server.pattern],
): Promise<unknown> {
  return resultOf(
    await run(pool, code, {
      input: JSON.stringify(server.origin),
      secrets: [secret("KEY", VALUE, { hosts }), secret("OTHER", OTHER, { hosts })],
      egress: [server.pattern],
      limits: { cpuSliceMs: 20_000, cpuTotalMs: 40_000, wallMs: 60_000 },
    }),
  );
}

describe("guest code sends placeholders", () => {
  test.each<[string, string, string | ((value: string, other: string) => string)]>([
    ["a string", "key + '/' + other", (v, o) => `${v}/${o}`],
    ["bytes", "new TextEncoder().encode(key + key)", (v) => v + v],
    ["JSON as text", "JSON.stringify({ key, other })", (v, o) => JSON.stringify({ key: v, other: o })],
    [
      "parameters",
      "new URLSearchParams({ key, [other]: key })",
      (v, o) => `key=${encodeURIComponent(v)}&${o}=${encodeURIComponent(v)}`,
    ],
    ["a Blob", "new Blob(['a', key, new Uint8Array([98])])", (v) => `a${v}b`],
    [
      "a stream",
      "new ReadableStream({ async start(c) { for (const l of key + '|' + other) { c.enqueue(new TextEncoder().encode(l)); await null; } c.close(); } })",
      (v, o) => `${v}|${o}`,
    ],
    [
      "a stream through a transform",
      "new Blob([key.toUpperCase() + other]).stream().pipeThrough(new TransformStream())",
      (_, o) => `KEY${o}`,
    ],
  ])("in %s", async (_, body, expected) => {
    const server = await serve((_, response) => response.end(), { tls: true });
    await guest(
      server,
      `async (ctx) => {
        const { KEY: key, OTHER: other } = ctx.secrets;
        await fetch(ctx.input, { method: "POST", duplex: "half", body: ${body} });
      }`,
    );
    const text = Buffer.from(server.received[0]?.body ?? "", "latin1").toString();
    const wanted = typeof expected === "string" ? expected : expected(VALUE, OTHER);
    expect(text.replace(/^TNSEC_KEY_[0-9A-F]{32}/, "KEY")).toBe(wanted);
  });

  test("in a form with files, whole and as a stream", async () => {
    const server = await serve((_, response) => response.end(), { tls: true });
    await guest(
      server,
      `async (ctx) => {
        const { KEY: key, OTHER: other } = ctx.secrets;
        const form = new FormData();
        form.append("key", key);
        form.append("payload_json", JSON.stringify({ key, other }));
        form.append("file", new File([new Uint8Array([0, 255]), other], "f.bin", { type: "application/octet-stream" }));
        await fetch(ctx.input, { method: "POST", body: form });
        const again = new Request(ctx.input, { method: "POST", body: form });
        await fetch(ctx.input, { method: "POST", body: again.body, duplex: "half", headers: again.headers });
      }`,
    );
    expect(server.received).toHaveLength(2);
    expect(server.received[0]?.headers["content-length"]).toBe(String(server.received[0]?.body.length));
    for (const { body, headers } of server.received) {
      const form = await new Response(Buffer.from(body, "latin1"), {
        headers: { "content-type": headers["content-type"] ?? "" },
      }).formData();
      expect(form.get("key")).toBe(VALUE);
      expect(JSON.parse(form.get("payload_json") as string)).toEqual({ key: VALUE, other: OTHER });
      const file = Buffer.from(await (form.get("file") as File).arrayBuffer());
      expect(file).toEqual(Buffer.concat([Buffer.from([0, 255]), Buffer.from(OTHER)]));
    }
  });

  test("in URLs, headers and Basic credentials that it made itself", async () => {
    const server = await serve((_, response) => response.end(), { tls: true });
    await guest(
      server,
      `async (ctx) => {
        const { KEY: key, OTHER: other } = ctx.secrets;
        const url = new URL(ctx.input);
        url.pathname = "/v1/" + other;
        url.searchParams.set("key", key);
        const headers = new Headers({ authorization: "Basic " + btoa(key + ":" + other), "x-key": "Key " + other });
        headers.append("x-key", other);
        await ctx.fetch(new Request(url, { headers }));
      }`,
    );
    const [got] = server.received;
    const url = new URL(got?.url ?? "", server.origin);
    expect([url.pathname, url.searchParams.get("key")]).toEqual([`/v1/${OTHER}`, VALUE]);
    expect(got?.headers["x-key"]).toBe(`Key ${OTHER}, ${OTHER}`);
    expect(Buffer.from((got?.headers.authorization ?? "").slice(6), "base64").toString()).toBe(
      `${VALUE}:${OTHER}`,
    );
  });
});

describe("guest code is refused", () => {
  test("a secret for another host, wherever it stands, by the names of both", async () => {
    const server = await serve((_, response) => response.end(), { tls: true });
    const refusals = await guest(
      server,
      `async (ctx) => {
        const { KEY: key } = ctx.secrets;
        const form = new FormData();
        form.append("key", key);
        const tries = [
          [ctx.input + "/" + key], [ctx.input + "?k=" + key],
          [ctx.input, { headers: { "x-key": key } }],
          [ctx.input, { headers: { authorization: "Basic " + btoa(":" + key) } }],
          [ctx.input, { method: "POST", body: key }],
          [ctx.input, { method: "POST", body: form }],
          [ctx.input, { method: "POST", body: new Blob([key]).stream(), duplex: "half" }],
        ];
        const refused = [];
        for (const [url, init] of tries) {
          refused.push(await fetch(url, init).then(() => "sent", ({ code, message }) => code + " " + message));
        }
        return refused;
      }`,
      ["*.example.com:8443"],
    );
    expect(refusals).toHaveLength(7);
    for (const refusal of refusals as string[]) {
      expect(refusal).toMatch(
        /^TENON_SECRET_HOST The secret KEY may not travel to https:\/\/127\.0\.0\.1:\d+: it is bound to \*\.example\.com:8443\./,
      );
    }
    expect(server.received).toEqual([]);
  });

  test("WebSockets and every other upgrade, with what to do instead", async () => {
    const server = await serve((_, response) => response.end());
    const refusals = await guest(
      server,
      `async (ctx) => {
        const refused = [];
        const attempt = async (act) => refused.push(await Promise.resolve().then(act).then(() => "done", ({ code, message }) => code + " " + message));
        const socket = ctx.input.replace("http", "ws");
        await attempt(() => new WebSocket(socket));
        await attempt(() => new WebSocket(socket, ["chat"]));
        await attempt(() => fetch(socket));
        await attempt(() => fetch(socket.replace("ws:", "wss:")));
        await attempt(() => fetch(ctx.input, { headers: { connection: "Upgrade", upgrade: "websocket" } }));
        await attempt(() => fetch(ctx.input, { headers: { upgrade: "h2c" } }));
        await attempt(() => fetch(ctx.input, { headers: { "Sec-WebSocket-Key": "x", "sec-websocket-version": "13" } }));
        return [...refused, [WebSocket.CONNECTING, WebSocket.OPEN, WebSocket.CLOSING, WebSocket.CLOSED].join()];
      }`,
    );
    const [states, ...rest] = (refusals as string[]).toReversed();
    expect(states).toBe("0,1,2,3");
    for (const refusal of rest) {
      expect(refusal).toMatch(/^TENON_FETCH_INVALID .*WebSocket.*let the service call a webhook\.$/);
    }
    expect(rest).toHaveLength(7);
    expect(server.connections()).toBe(0);
  });

  test("a stream that is too long, and one that a redirect would send again", async () => {
    const server = await serve((got, response) =>
      response.writeHead(got.url === "/" ? 307 : 200, { location: "/next" }).end(),
    );
    const refusals = await guest(
      server,
      `async (ctx) => {
        const stream = (length) => new ReadableStream({ pull(c) { length -= 1; length < 0 ? c.close() : c.enqueue(new Uint8Array(1000)); } });
        const send = (length) => fetch(ctx.input, { method: "POST", duplex: "half", body: stream(length) }).then(() => "sent", ({ code, message, cause }) => code + " " + (cause?.message ?? message));
        return [await send(2_000), await send(2)];
      }`,
    );
    const [long, redirected] = refusals as [string, string];
    expect(long).toMatch(/^TENON_TOO_LARGE .*1000000 bytes/);
    expect(redirected).toMatch(/^TENON_FETCH_FAILED .*a stream cannot be sent twice/);
    expect(server.received.map(({ url }) => url)).toEqual(["/"]);
  });
});
