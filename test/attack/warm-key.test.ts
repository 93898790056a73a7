import { afterAll, beforeAll, expect, test } from "vitest";
import type { Execution } from "#runtime/host/execution.ts";
import { ConnectionLimits } from "#runtime/host/connection/limits.ts";
import { describeExecution } from "#runtime/host/describe.ts";
import { Session, type SessionParts } from "#runtime/host/session.ts";
import { warmKey, type WarmFacts } from "#runtime/worker/warm-key.ts";
import { bundleOf, LIMITS } from "#test/host/sandbox-pool.ts";
import { startProduct } from "#test/support/product.ts";
import type { Product } from "#test/support/product.ts";
import { deployWorkflow, runWorkflow } from "#test/support/workflow.ts";

const FACTS: WarmFacts = {
  organizationId: "organization",
  environment: { id: "environment" },
  customer: { id: "customer" },
  workflowSlug: "workflow",
  version: { number: 1, bundleHash: "hash" },
};

test("whatever makes two runs strangers makes their keys differ", () => {
  const others: readonly WarmFacts[] = [
    { ...FACTS, organizationId: "another" },
    { ...FACTS, environment: { id: "another" } },
    { ...FACTS, customer: { id: "another" } },
    { ...FACTS, customer: null },
    { ...FACTS, workflowSlug: "another" },
    { ...FACTS, version: { number: 2, bundleHash: "hash" } },
    { ...FACTS, version: { number: 1, bundleHash: "another" } },
    // Names that only together read the same.
    { ...FACTS, workflowSlug: "workflow1", version: { number: 1, bundleHash: "hash" } },
    { ...FACTS, customer: { id: "customerworkflow" }, workflowSlug: "" },
  ];
  const keys = [FACTS, ...others].map(warmKey);
  expect(new Set(keys).size).toBe(keys.length);
  expect(warmKey({ ...FACTS, customer: { id: "customer" } })).toBe(warmKey(FACTS));
});

/** The key that the process is told for an execution. */
function toldKey(execution: Execution, mode: SessionParts["mode"]): string | null {
  const keys: (string | null)[] = [];
  const channel = {
    start: (_: unknown, frame: { readonly warm: string | null }) => {
      keys.push(frame.warm);
      return 1;
    },
    send: () => undefined,
    release: () => undefined,
  };
  const session = new Session(execution, channel, {
    egress: { fetch: async () => Promise.reject(new Error("closed")), close: async () => undefined },
    mode,
    pace: new ConnectionLimits(),
    execute: async () => Promise.reject(new Error("nothing nested")),
    poison: () => undefined,
  });
  session.start();
  session.died("killed", true);
  const [key = null] = keys;
  expect(keys).toHaveLength(1);
  return key;
}

test("only a workflow that runs is told a key: no look before publishing, no action, no handler", () => {
  const { signal } = new AbortController();
  const described = describeExecution(
    { organizationId: "organization", bundle: bundleOf("() => 1"), signal },
    64,
  );
  const execution: Execution = { ...described, limits: LIMITS, warm: "key" };
  expect(toldKey(execution, "run")).toBe("key");
  expect(toldKey({ ...execution, role: "workflow" }, "run")).toBe("key");
  expect(toldKey({ ...execution, role: "action" }, "run")).toBeNull();
  expect(toldKey({ ...execution, role: "handler" }, "run")).toBeNull();
  expect(toldKey(execution, "describe")).toBeNull();
  expect(toldKey(described, "run")).toBeNull();
});

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(async () => product.close());

const SOURCE = (isolation: string): string => `
import { defineWorkflow } from "tenon";
let runs = 0;
export default defineWorkflow(
  { tier: "instant", ${isolation} needs: { secrets: { KEY: {} } } },
  async (ctx) => {
    runs += 1;
    const before = [globalThis.customer, Object.prototype.polluted];
    globalThis.customer = ctx.customer?.slug;
    Object.prototype.polluted = ctx.input;
    return { runs, before, customer: ctx.customer?.slug ?? null, n: ctx.input };
  },
);`;

test("warm runs of several customers at once see nothing but their own run", async () => {
  for (const slug of ["acme", "globex"]) {
    await product.call("POST", "/customers", { slug });
  }
  await product.call("PUT", "/environments/development/secrets/KEY", { value: "everybodys-key" });
  await deployWorkflow(product, "warm", SOURCE('isolation: "warm",'));
  const customers = Array.from({ length: 60 }, (_, n) => ["acme", "globex", null][n % 3] ?? null);
  const runs = await Promise.all(
    customers.map(async (customer, n) =>
      runWorkflow(product, "warm", n, customer === null ? {} : { customer }),
    ),
  );
  expect(runs.map(({ result }) => result)).toEqual(
    customers.map((customer, n) => ({ runs: 1, before: [null, null], customer, n })),
  );
});

test("the version shows its isolation, fresh by default; another word is refused", async () => {
  await deployWorkflow(product, "isolated", SOURCE(""));
  const isolationOf = async (slug: string): Promise<string> => {
    const { body } = await product.call<{ manifest: { isolation: string } }>(
      "GET",
      `/workflows/${slug}/versions/1`,
    );
    return body.manifest.isolation;
  };
  expect(await isolationOf("isolated")).toBe("fresh");
  expect(await isolationOf("warm")).toBe("warm");
  const refused = await product.call<{ code: string; detail: string }>(
    "POST",
    "/workflows/isolated/versions",
    { source: SOURCE('isolation: "hot",'), filename: "isolated.ts" },
  );
  expect(refused.status).toBe(422);
  expect(JSON.stringify(refused.body)).toContain("isolation");
});
