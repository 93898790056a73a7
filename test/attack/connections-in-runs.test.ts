import { afterAll, beforeAll, expect, test } from "vitest";
import { serve } from "#test/egress/server.ts";
import { connect, json, makeConnector, runWith } from "#test/runs/connections.ts";
import { startProduct } from "#test/support/product.ts";
import type { Product } from "#test/support/product.ts";
import { sandboxPids } from "#test/support/processes.ts";
import { findIn, findInDatabase, findInMemory, needles } from "#test/support/search.ts";
import { CANARY, canary, MARK, useEveryMethod } from "./canaries.ts";

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(async () => product.close());

test("canary credentials of every auth method are nowhere but on the wire", async () => {
  const answers = await useEveryMethod(product);

  // At once: a sandbox process that has nothing to do gives its memory back.
  const forms = needles(CANARY);
  const searched = new Map([...forms, ["mark", Buffer.from(MARK)]]);
  const pids = sandboxPids(product.workers[0]?.pid ?? 0);
  const memory = pids.map((pid) => findInMemory(pid, searched).found);
  expect(memory.flat()).toContain("mark");
  expect(memory.flat().filter((name) => name !== "mark")).toEqual([]);
  expect(findIn(Buffer.from(JSON.stringify(answers)), forms)).toEqual([]);
  expect(findIn(Buffer.from((product.workers[0]?.stderr() ?? "") + product.api.stderr()), forms)).toEqual([]);
  const database = await findInDatabase(product.db.url, forms);
  expect(database.rows).toBeGreaterThan(50);
  expect(database.found).toEqual([]);
}, 180_000);

test("guest code that breaks its own world learns nothing of a connection and reaches nothing more", async () => {
  const server = await serve((request, response) =>
    json(response, { got: request.headers.authorization, url: request.url }),
  );
  const connector = await makeConnector(product, server.port);
  const value = canary("tampered");
  await connect(product, { connector, secrets: { token: value } });
  const run = await runWith(
    product,
    { api: { connector } },
    `async (ctx) => {
      const seen = [];
      const note = (what) => { try { seen.push(JSON.stringify(what) ?? String(what)); } catch (error) { seen.push(String(error)); } };
      JSON.parse = (text) => { note(text); return {}; };
      JSON.stringify = new Proxy(JSON.stringify, {});
      Object.prototype.toJSON = undefined;
      Array.prototype[Symbol.iterator] = new Proxy(Array.prototype[Symbol.iterator], {});
      Object.defineProperty(Object.prototype, "alias", { get() { return "other"; }, set(v) { note(v); }, configurable: true });
      const handle = ctx.connections.api;
      const { fetch: before } = handle;
      for (const change of [() => { ctx.connections.other = handle; }, () => { handle.fetch = 1; }, () => { handle.actions.x = 1; }, () => { Object.setPrototypeOf(handle, {}); }]) {
        try { change(); } catch {}
      }
      delete Object.prototype.alias;
      const response = await handle.fetch("/x");
      const text = await response.text();
      return { text, seen, same: handle.fetch === before && Object.keys(ctx.connections).join() === "api", action: typeof handle.actions.x, names: Object.getOwnPropertyNames(handle).sort(), awaited: handle.actions.then === undefined };
    }`,
  );
  expect(run).toMatchObject({
    status: "completed",
    result: { same: true, action: "function", names: ["actions", "fetch", "paginate"], awaited: true },
  });
  expect(server.received).toHaveLength(1);
  expect(JSON.stringify(run)).not.toContain(value);
});
