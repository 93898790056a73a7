import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually, startProduct } from "#test/support/product.ts";
import type { Product } from "#test/support/product.ts";
import { deployWorkflow, runWorkflow } from "#test/support/workflow.ts";
import type { RunJson } from "#test/support/workflow.ts";

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(async () => product.close());

describe("a run", () => {
  test("of a plain function gets its input and answers its result", async () => {
    await deployWorkflow(
      product,
      "echo",
      `export default async function (ctx) { return { got: ctx.input, tier: ctx.run.tier }; }`,
    );
    const run = await runWorkflow(product, "echo", { n: 1 });
    expect(run).toMatchObject({
      status: "completed",
      result: { got: { n: 1 }, tier: "standard" },
      attempt: 1,
      version: 1,
    });
  });

  test("of the instant tier answers inline", async () => {
    await deployWorkflow(
      product,
      "instant",
      `import { defineWorkflow } from "tenon";
       export default defineWorkflow({ tier: "instant" }, async (ctx, input) => ({ sum: input.a + input.b }));`,
    );
    const answer = await product.call<RunJson>("POST", "/runs", {
      workflow: "instant",
      environment: "development",
      input: { a: 2, b: 3 },
    });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ status: "completed", result: { sum: 5 } });
  });

  test("of the standard tier is accepted with 202 and found by its id", async () => {
    const accepted = await product.call<RunJson>("POST", "/runs", {
      workflow: "echo",
      environment: "development",
      input: 7,
    });
    expect(accepted.status).toBe(202);
    const run = await eventually("the run completes", async () => {
      const { body } = await product.call<RunJson>("GET", `/runs/${accepted.body.id}`);
      return body.status === "completed" && body;
    });
    expect(run).toMatchObject({ input: 7, result: { got: 7 } });
  });

  test("that throws shows the author's own file, line and column", async () => {
    await deployWorkflow(
      product,
      "throws",
      [
        "type Input = { readonly deep: boolean };",
        "function explode(): never {",
        '  throw new TypeError("no such invoice");',
        "}",
        "export default async function (ctx: { input: Input }) {",
        "  explode();",
        "}",
      ]
        .join("\n")
        .replace("export default", "export const config = 1;\nexport default"),
    );
    const [attempt] = [await runWorkflow(product, "throws", null, { wait: 30 })];
    // The default policy tries a standard run three times; the first try's error is on its attempt.
    const { body } = await product.call<{ data: { error: RunJson["error"] }[] }>(
      "GET",
      `/runs/${attempt.id}/attempts`,
    );
    expect(body.data[0]?.error).toMatchObject({
      message: "no such invoice",
      location: { file: "throws.ts", line: 3 },
    });
    expect(JSON.stringify(body)).not.toMatch(/node_modules|isolated-vm|\/work|runtime\/sandbox|guest/);
  });

  test("is tried again by its policy, and succeeds when the code does", async () => {
    await deployWorkflow(
      product,
      "flaky",
      `import { defineWorkflow } from "tenon";
       export default defineWorkflow({ retry: { maxAttempts: 3, initialInterval: "50ms" } }, async (ctx) => {
         if (ctx.run.attempt < 3) throw new Error("not yet");
         return { attempt: ctx.run.attempt };
       });`,
    );
    expect(await runWorkflow(product, "flaky")).toMatchObject({
      status: "completed",
      attempt: 3,
      result: { attempt: 3 },
    });
  });

  test("that fails for good keeps its last error", async () => {
    await deployWorkflow(
      product,
      "hopeless",
      `import { defineWorkflow } from "tenon";
       export default defineWorkflow({ retry: { maxAttempts: 2, initialInterval: "20ms" } }, async () => { throw new Error("never"); });`,
    );
    expect(await runWorkflow(product, "hopeless")).toMatchObject({
      status: "failed",
      attempt: 2,
      error: { message: "never" },
    });
  });

  test("with the same idempotency key is started once", async () => {
    const request = { workflow: "echo", environment: "development", input: "once" };
    const [first, second] = await Promise.all(
      [1, 2].map(async () =>
        product.call<RunJson>("POST", "/runs", request, { "idempotency-key": "order-1" }),
      ),
    );
    expect(second?.body.id).toBe(first?.body.id);
    const other = await product.call(
      "POST",
      "/runs",
      { ...request, input: "other" },
      { "idempotency-key": "order-1" },
    );
    expect([other.status, other.body["code"]]).toEqual([422, "TENON_IDEMPOTENCY_REUSED"]);
  });

  test("that waits is cancelled, whatever its code does", async () => {
    await deployWorkflow(
      product,
      "stubborn",
      `export default async function () { try { await new Promise(() => {}); } finally { for (;;) {} } }`,
    );
    const { body } = await product.call<RunJson>("POST", "/runs", {
      workflow: "stubborn",
      environment: "development",
    });
    await eventually(
      "it runs",
      async () => (await product.call<RunJson>("GET", `/runs/${body.id}`)).body.status === "running",
    );
    expect((await product.call("POST", `/runs/${body.id}/cancel`)).status).toBeLessThan(300);
    await eventually(
      "it is cancelled",
      async () => (await product.call<RunJson>("GET", `/runs/${body.id}`)).body.status === "cancelled",
    );
    expect((await product.call("POST", `/runs/${body.id}/cancel`)).status).toBeLessThan(300);
  });

  test("that never ends is stopped by its own timeout", async () => {
    await deployWorkflow(
      product,
      "endless",
      `import { defineWorkflow } from "tenon";
       export default defineWorkflow({ timeout: "1s", retry: { maxAttempts: 1 } }, async () => { await new Promise(() => {}); });`,
    );
    expect(await runWorkflow(product, "endless")).toMatchObject({
      status: "timeout",
      error: { code: "TENON_TIMEOUT" },
    });
  });
});

describe("what a run needs", () => {
  test("a missing secret fails the run before its code starts, and says what to do", async () => {
    await deployWorkflow(
      product,
      "needy",
      `import { defineWorkflow } from "tenon";
       export default defineWorkflow({ needs: { secrets: { ERP_KEY: {} } } }, async (ctx) => { console.log("started"); return ctx.secrets.ERP_KEY; });`,
    );
    const run = await runWorkflow(product, "needy");
    expect(run).toMatchObject({ status: "failed", attempt: 1, error: { code: "TENON_SECRET_MISSING" } });
    expect(run.error?.message).toMatch(/ERP_KEY.*development.*tenon secrets set/);
    const logs = await product.call<{ data: unknown[] }>("GET", `/runs/${run.id}/logs`);
    expect(logs.body.data).toEqual([]);
  });

  test("variables arrive as they are; undeclared ones do not exist", async () => {
    await product.call("PUT", "/environments/development/variables/GRACE_DAYS", { value: "14" });
    await product.call("PUT", "/environments/development/variables/HIDDEN", { value: "x" });
    await deployWorkflow(
      product,
      "variables",
      `import { defineWorkflow } from "tenon";
       export default defineWorkflow({ needs: { variables: { GRACE_DAYS: {} } }, retry: { maxAttempts: 1 } }, async (ctx) => {
         let hidden; try { hidden = ctx.variables.HIDDEN; } catch (error) { hidden = error.code ?? error.message; }
         return { days: ctx.variables.GRACE_DAYS, hidden };
       });`,
    );
    const run = await runWorkflow(product, "variables");
    expect(run.result).toMatchObject({ days: "14" });
    expect(JSON.stringify(run.result)).not.toContain('"x"');
  });

  test("input is checked against the version's schema before anything is stored", async () => {
    await deployWorkflow(
      product,
      "typed",
      `import { defineWorkflow } from "tenon";
       import { z } from "zod";
       export default defineWorkflow({ tier: "instant", input: z.object({ invoiceId: z.string().min(3), lines: z.array(z.object({ n: z.number() })) }) },
         async (ctx, input) => input.invoiceId.toUpperCase());`,
    );
    const bad = await product.call<{ code: string; errors: { path: string }[] }>("POST", "/runs", {
      workflow: "typed",
      environment: "development",
      input: { invoiceId: 7, lines: [{ n: "x" }] },
    });
    expect([bad.status, bad.body.code]).toEqual([422, "TENON_INPUT_INVALID"]);
    expect(bad.body.errors.map((error) => error.path)).toEqual(
      expect.arrayContaining(["input.invoiceId", "input.lines.0.n"]),
    );
    expect((await runWorkflow(product, "typed", { invoiceId: "abc", lines: [] })).result).toBe("ABC");
  });
});

describe("publishing", () => {
  test.each([
    ["does not parse", "export default async function (ctx) { return ", "TENON_BUILD_FAILED"],
    ["throws at import", "throw new Error('at import'); export default () => 1;", "TENON_PUBLISH_REJECTED"],
    ["exports nothing", "const x = 1;", "TENON_PUBLISH_REJECTED"],
    ["exports no function", "export default 42;", "TENON_PUBLISH_REJECTED"],
    [
      "declares a misspelt need",
      `import { defineWorkflow } from "tenon"; export default defineWorkflow({ needs: { secret: {} } } as never, async () => 1);`,
      "TENON_PUBLISH_REJECTED",
    ],
    ["imports a file", `import x from "./other.ts"; export default () => x;`, "TENON_BUILD_FAILED"],
    ["never ends at import", "for (;;) {} export default () => 1;", "TENON_PUBLISH_REJECTED"],
  ])("refuses a workflow that %s, with the reason", async (_name, source, code) => {
    await product.call("POST", "/workflows", { slug: "refused" });
    const answer = await product.call<{ code: string; detail: string }>(
      "POST",
      "/workflows/refused/versions",
      { source, filename: "refused.ts" },
    );
    expect([answer.status, answer.body.code]).toEqual([422, code]);
    expect(answer.body.detail.length).toBeGreaterThan(20);
  });

  test("the same content twice is one version, and rolling back is deploying the older one", async () => {
    const one = await deployWorkflow(product, "rolls", `export default () => "one";`);
    expect(await deployWorkflow(product, "rolls", `export default () => "one";`)).toBe(one);
    const two = await deployWorkflow(product, "rolls", `export default () => "two";`);
    expect(two).toBe(one + 1);
    expect((await runWorkflow(product, "rolls")).result).toBe("two");
    await product.call("POST", "/workflows/rolls/deployments", { environment: "development", version: one });
    expect((await runWorkflow(product, "rolls")).result).toBe("one");
  });

  test("an inactive workflow accepts no run", async () => {
    await deployWorkflow(product, "sleepy", `export default () => 1;`);
    await product.call("PATCH", "/workflows/sleepy", { status: "inactive" });
    const answer = await product.call("POST", "/runs", { workflow: "sleepy", environment: "development" });
    expect([answer.status, answer.body["code"]]).toEqual([409, "TENON_WORKFLOW_INACTIVE"]);
  });
});
