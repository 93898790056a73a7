import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { z } from "zod";
import greet from "#sdk/examples/greet.ts";
import pollReport from "#sdk/examples/poll-report.ts";
import syncInvoice from "#sdk/examples/sync-invoice.ts";
import { defineWorkflow } from "#sdk/index.ts";
import { InvalidInputError, createTestContext, runWorkflow } from "#sdk/testing.ts";

test("a plain function runs with input, log and customer", async () => {
  const { result, logged } = await runWorkflow(greet, { customer: { name: "Acme" } });
  expect(result).toEqual({ greeting: "Hello, Acme!" });
  expect(logged).toEqual([
    { level: "info", message: "greeting", data: { name: "Acme", environment: "test" } },
  ]);
});

test("secrets are placeholders for the code and values for the server", async () => {
  const { result, requests } = await runWorkflow(syncInvoice, {
    input: { invoiceId: "42" },
    secrets: { ERP_KEY: "erp-value", LEDGER_KEY: "ledger-value" },
    variables: { LEDGER_BOOK: "main" },
    fetch: (request) =>
      Response.json(request.method === "GET" ? { id: "42", total: 10, currency: "EUR" } : {}),
  });
  expect(result).toEqual({ invoiceId: "42", booked: true });
  expect(requests.map((request) => request.headers.get("authorization"))).toEqual([
    "Bearer erp-value",
    "Bearer ledger-value",
  ]);
  expect(createTestContext({ secrets: { A: "value" } }).secrets.A).not.toContain("value");
});

test("placeholders are filled in URLs, bodies and Basic credentials", async () => {
  const ctx = createTestContext({
    secrets: { KEY: "a b&c" },
    fetch: async (request) => new Response(await request.text()),
  });
  const key = ctx.secrets.KEY;
  const response = await ctx.fetch(`https://example.com/x?k=${key}`, {
    method: "POST",
    body: `k=${key}`,
    headers: { authorization: `Basic ${btoa(`user:${key}`)}` },
  });
  expect(await response.text()).toBe("k=a b&c");
  expect(ctx.requests[0]?.headers.get("authorization")).toBe(`Basic ${btoa("user:a b&c")}`);
});

test("placeholders are filled as production fills them: for a URL, a form, JSON, and letters beyond ASCII", async () => {
  const value = 'a "b"&ключ$&';
  const ctx = createTestContext({
    secrets: { KEY: value },
    fetch: async (request) => new Response(await request.text()),
  });
  const key = ctx.secrets.KEY;
  const sent = async (type: string, body: string): Promise<string> => {
    const headers = { "content-type": type };
    return (await ctx.fetch(`https://example.com/?k=${key}`, { method: "POST", body, headers })).text();
  };
  expect(JSON.parse(await sent("application/json", JSON.stringify({ key })))).toEqual({ key: value });
  const form = await sent("application/x-www-form-urlencoded", `key=${key}`);
  expect(new URLSearchParams(form).get("key")).toBe(value);
  expect(await sent("text/plain", key)).toBe(value);
  expect(new URL(ctx.requests[0]?.url ?? "").searchParams.get("k")).toBe(value);
});

test("the input goes through the schema, and the result through JSON, as in production", async () => {
  const flow = defineWorkflow(
    { input: z.object({ at: z.iso.date(), n: z.coerce.number().default(1) }) },
    (_ctx, input) => ({
      when: new Date(input.at),
      n: input.n,
      nothing: undefined,
    }),
  );
  const { result } = await runWorkflow(flow, { input: { at: "2026-01-31" } });
  expect(result).toEqual({ when: "2026-01-31T00:00:00.000Z", n: 1 });
  await expect(runWorkflow(flow, { input: { at: "tomorrow" } })).rejects.toThrow(InvalidInputError);
});

test("a handler takes a test's context as its own", async () => {
  const { handler } = defineWorkflow(
    { needs: { secrets: { KEY: {} } } },
    (ctx) => ctx.secrets.KEY.length > 0,
  );
  const ctx = createTestContext({ secrets: { KEY: "k" } });
  expect(await handler(ctx, ctx.input)).toBe(true);
});

test("polls until the report is there", async () => {
  let polls = 0;
  const { result } = await runWorkflow(pollReport, {
    input: { reportId: "019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e77", everyMs: 100 },
    fetch: () => (++polls < 3 ? new Response(null, { status: 202 }) : Response.json({ rows: 5 })),
  });
  expect(result).toMatchObject({ polls: 3, report: { rows: 5 } });
});

test("signs as the server does, and refuses what the test did not give", async () => {
  const ctx = createTestContext({ secrets: { KEY: "k" }, revealable: [] });
  const open = createTestContext();
  expect(await ctx.hmac("KEY", "data")).toBe(createHmac("sha256", "k").update("data").digest("hex"));
  expect(await ctx.hmac("KEY", "data", { algorithm: "sha512", encoding: "bytes" })).toHaveLength(64);
  await expect(ctx.reveal("KEY")).rejects.toMatchObject({ code: "TENON_REVEAL_DENIED" });
  expect(() => open.variables.ABSENT).toThrow('no variable "ABSENT"');
  await expect(ctx.fetch("https://example.com")).rejects.toThrow("does not answer GET");
});

test("what is not declared is a type error", () => {
  defineWorkflow(
    { needs: { secrets: { A: {}, B: { reveal: true } }, variables: { V: {} } } },
    async (ctx) => {
      await ctx.reveal("B");
      // @ts-expect-error: A does not ask to be revealed
      await ctx.reveal("A");
      // @ts-expect-error: C is not declared
      await ctx.hmac("C", "");
      // @ts-expect-error: W is not declared
      return [ctx.secrets.A, ctx.variables.V, ctx.variables.W];
    },
  );
  // @ts-expect-error: nothing is declared
  defineWorkflow({}, (ctx) => ctx.secrets.A);
  // @ts-expect-error: no such tier
  defineWorkflow({ tier: "forever" }, () => null);
  expect(true).toBe(true);
});

test("logged data has the form that production stores", () => {
  const ctx = createTestContext();
  const cause = new Error("inner");
  const error = Object.assign(new TypeError("outer", { cause }), { code: "E_X", status: 502, config: {} });
  const data: Record<string, unknown> = {
    error,
    orderId: 3,
    big: 12n,
    call: () => 1,
    map: new Map([["k", 1]]),
  };
  data["self"] = data;
  data["set"] = new Set([1]);
  data["headers"] = new Headers({ a: "b" });
  data["response"] = new Response("", { status: 404 });
  ctx.log.error("x", data);
  ctx.log.error("x", new AggregateError([cause], "many"));
  data["orderId"] = 4;
  expect(ctx.logged.map((line) => line.data)).toEqual([
    {
      error: {
        name: "TypeError",
        message: "outer",
        stack: error.stack,
        code: "E_X",
        status: 502,
        cause: { name: "Error", message: "inner", stack: cause.stack },
      },
      orderId: 3,
      big: "12n",
      call: "[function call]",
      map: { k: 1 },
      self: "[circular]",
      set: [1],
      headers: { a: "b" },
      response: { status: 404, statusText: "", url: "" },
    },
    expect.objectContaining({ message: "many", errors: [expect.objectContaining({ message: "inner" })] }),
  ]);
});
