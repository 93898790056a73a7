import { expect, expectTypeOf, test } from "vitest";
import { defineWorkflow } from "#sdk/index.ts";
import type { ConnectionHandle } from "#sdk/ctx-connections.ts";
import { createTestContext, runWorkflow } from "#sdk/testing.ts";

const sync = defineWorkflow(
  { needs: { connections: { crm: { connector: "acme" }, chat: { connector: "talk", optional: true } } } },
  async (ctx) => {
    const response = await ctx.connections.crm.fetch("/contacts/1", { headers: { "x-a": "1" } });
    const { name } = (await response.json()) as { name: string };
    const created = await ctx.connections.crm.actions.createContact?.<{ id: string }>({ name });
    const listed: string[] = [];
    for await (const { id } of ctx.connections.crm.paginate<{ id: string }>("/contacts")) {
      listed.push(id);
    }
    for await (const page of ctx.connections.crm.actions.listDeals?.pages<{ id: string }>({ open: true }) ??
      []) {
      listed.push(...page.map(({ id }) => id));
    }
    await ctx.connections.chat?.actions.post?.({ text: "done" });
    return { id: created?.id, listed };
  },
);

test("a workflow's connections are the test's, and what it did with them is known", async () => {
  const { result, requests, calls } = await runWorkflow(sync, {
    connections: {
      crm: {
        fetch: (request) => Response.json({ name: `${request.method} ${new URL(request.url).pathname}` }),
        actions: {
          createContact: ({ name }) => ({ id: `c-${String(name)}` }),
          listDeals: () => [{ id: "d-1" }],
        },
        lists: (path) => [{ id: path }],
      },
      chat: undefined,
    },
  });
  expect(result).toEqual({ id: "c-GET /contacts/1", listed: ["/contacts", "d-1"] });
  expect(requests.map(({ url }) => url)).toEqual(["https://connection.test/contacts/1"]);
  expect(calls).toEqual([
    { connection: "crm", action: "createContact", input: { name: "GET /contacts/1" } },
    { connection: "crm", action: "listDeals", input: { open: true } },
  ]);
});

test("what the test does not answer says what to pass", async () => {
  const ctx = createTestContext({ connections: { crm: {} } });
  await expect(ctx.connections.crm.fetch("/x")).rejects.toThrow(/connections: \{ crm: \{ fetch:/);
  await expect(ctx.connections.crm.actions.doIt?.({})).rejects.toThrow(/actions: \{ doIt:/);
  expect(() => ctx.connections.crm.paginate("/x")).toThrow(/lists:/);
  const none: Readonly<Record<string, unknown>> = createTestContext().connections;
  expect(() => none.crm).toThrow('The test has no connection "crm"');
});

test("an alias that was not declared is a type error, and an optional one may be undefined", () => {
  defineWorkflow(
    { needs: { connections: { crm: { connector: "acme" }, chat: { connector: "talk", optional: true } } } },
    (ctx) => {
      expectTypeOf(ctx.connections.crm).toEqualTypeOf<ConnectionHandle>();
      expectTypeOf(ctx.connections.chat).toEqualTypeOf<ConnectionHandle | undefined>();
      expectTypeOf(ctx.connections).not.toHaveProperty("mail");
    },
  );
  defineWorkflow({}, (ctx) => {
    expectTypeOf(ctx.connections).not.toHaveProperty("crm");
  });
});
