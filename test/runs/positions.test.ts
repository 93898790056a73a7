import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundleWorkflow } from "#sdk/bundle.ts";
import { project } from "#test/sdk/bundled.ts";
import { startProduct } from "#test/support/product.ts";
import type { Product } from "#test/support/product.ts";
import { deployWorkflow, logsOf, runWorkflow } from "#test/support/workflow.ts";
import type { RunJson } from "#test/support/workflow.ts";

const FILES = {
  "src/workflows/bill.ts": `import { defineWorkflow } from "tenon";
import { priceOf, type Order } from "../price.ts";

interface Input { readonly order: Order }

export default defineWorkflow(
  { slug: "bill", retry: { maxAttempts: 1 } },
  async (ctx) => {
    await Promise.resolve();
    const { order } = ctx.input as Input;
    try {
      return priceOf(order);
    } catch (error) {
      console.error(error);
      throw new Error(\`order \${order.id} has no price\`, { cause: error });
    }
  },
);
`,
  "src/price.ts": `import { divide } from "sums";

export interface Order { readonly id: string; readonly cents: number; readonly parts: number }

/** The price of one part. */
export function priceOf(order: Order): number {
  const share: number = divide(order.cents, order.parts);
  return share;
}
`,
  "node_modules/sums/package.json": '{"name":"sums","type":"module","exports":"./index.js"}',
  "node_modules/sums/index.js": `export function divide(a, b) {
  if (b === 0) {
    throw new RangeError("division by zero");
  }
  return a / b;
}
`,
};

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(async () => product.close());

/** Line and column (both from 1) of a text in one of the project's files. */
function placeOf(file: keyof typeof FILES, text: string): { file: string; line: number; column: number } {
  const before = FILES[file].slice(0, FILES[file].indexOf(text)).split("\n");
  return { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

const shown = ({ file, line, column }: { file: string; line: number; column: number }) =>
  `${file}:${String(line)}:${String(column)}`;

test("an error in a bundled TypeScript project points into the author's files, through its causes", async () => {
  const { folder } = project(FILES);
  const { code, sourceMap } = await bundleWorkflow({ entry: path.join(folder, "src/workflows/bill.ts") });
  await product.call("POST", "/workflows", { slug: "bill" });
  const version = await product.call<{ number: number }>("POST", "/workflows/bill/versions", {
    bundle: code,
    sourceMap,
  });
  expect(version.status).toBe(201);
  await product.call("POST", "/workflows/bill/deployments", {
    environment: "development",
    version: version.body.number,
  });
  const good = await runWorkflow(product, "bill", { order: { id: "o-1", cents: 900, parts: 3 } });
  expect(good).toMatchObject({ status: "completed", result: 300 });

  const bad = await runWorkflow(product, "bill", { order: { id: "o-2", cents: 900, parts: 0 } });
  expect(bad).toMatchObject({
    status: "failed",
    error: {
      code: "TENON_USER_ERROR",
      name: "Error",
      message: "order o-2 has no price",
      location: placeOf("src/workflows/bill.ts", "new Error("),
      cause: {
        name: "RangeError",
        message: "division by zero",
        location: placeOf("node_modules/sums/index.js", "new RangeError("),
        cause: null,
      },
    },
  });
  const cause = (bad.error as unknown as { cause: NonNullable<RunJson["error"]> }).cause;
  expect(cause.stack?.split("\n")).toEqual([
    expect.stringContaining(shown(placeOf("node_modules/sums/index.js", "new RangeError("))) as string,
    expect.stringContaining(shown(placeOf("src/price.ts", "divide(order"))) as string,
    expect.stringContaining(shown(placeOf("src/workflows/bill.ts", "priceOf(order)"))) as string,
  ]);

  const [line] = await logsOf(product, bad.id);
  expect(line?.message).toContain(shown(placeOf("src/price.ts", "divide(order")));
  const attempts = await product.call("GET", `/runs/${bad.id}/attempts`);
  for (const text of [bad, line, attempts.body].map((value) => JSON.stringify(value))) {
    expect(text).not.toContain(folder);
    expect(text).not.toContain(path.resolve(import.meta.dirname, "../.."));
    expect(text).not.toMatch(/tenon:|isolated-vm|prelude|\.guest|node:internal/);
  }
});

const ASYNC = `import { defineWorkflow } from "tenon";

async function inner() {
  await Promise.resolve();
  throw new RangeError("too far");
}

async function middle() {
  await inner();
}

export default defineWorkflow({ slug: "async-stack", retry: { maxAttempts: 1 } }, async (_ctx, input: string) => {
  if (input === "any") {
    await Promise.any([inner(), Promise.reject(new TypeError("other"))]);
  }
  await middle();
});
`;

test("the stack of an error goes through awaits, in the author's lines", async () => {
  await deployWorkflow(product, "async-stack", ASYNC);
  const { error } = await runWorkflow(product, "async-stack", "deep");
  const lines = error?.stack?.split("\n").map((line) => line.trim());
  expect(lines).toEqual([
    "at inner (async-stack.ts:5:9)",
    "at async middle (async-stack.ts:9:3)",
    "at async async-stack.ts:16:3",
  ]);
});

test("errors that stand side by side are all told, each with its place", async () => {
  await deployWorkflow(product, "async-stack", ASYNC);
  const { error } = await runWorkflow(product, "async-stack", "any");
  expect(error).toMatchObject({
    name: "AggregateError",
    errors: [
      { name: "RangeError", message: "too far", location: { file: "async-stack.ts", line: 5 } },
      { name: "TypeError", message: "other", location: { file: "async-stack.ts", line: 14 } },
    ],
  });
});

const LOGGED = `import { defineWorkflow } from "tenon";

export default defineWorkflow(
  { slug: "logged-stack", retry: { maxAttempts: 1 }, needs: { secrets: { KEY: { reveal: true } } } },
  async (ctx) => {
    const key = await ctx.reveal("KEY");
    ctx.log.error("failed", { error: new Error("with " + key, { cause: { sent: key } }), orderId: 3 });
    console.log("before", new Error("mid"), "after");
    throw { sent: key, status: 404 };
  },
);
`;

test("an error in the data of a line, and what is thrown, has the author's lines and no secret", async () => {
  const value = "s3cret-of-the-log-data";
  const put = await product.call("PUT", "/environments/development/secrets/KEY", {
    value,
    hosts: [],
    reveal: true,
  });
  expect(put.status).toBeLessThan(300);
  await deployWorkflow(product, "logged-stack", LOGGED);
  const ran = await runWorkflow(product, "logged-stack", null);
  const [line, spoken] = await logsOf(product, ran.id);
  expect(line?.data).toMatchObject({
    error: {
      message: expect.stringMatching(/^with /) as string,
      stack: expect.stringContaining("logged-stack.ts:7:") as string,
      cause: { sent: expect.any(String) as string },
    },
    orderId: 3,
  });
  expect(spoken?.message).toMatch(/^before Error: mid\n[^]*logged-stack\.ts:8:\d+\)? after$/);
  expect(ran.error?.message).toMatch(
    /^The workflow threw \{ sent: ".*", status: 404 \}, which is not an Error\.$/,
  );
  for (const text of [ran, line, spoken].map((shownValue) => JSON.stringify(shownValue))) {
    expect(text).not.toContain(value);
    expect(text).not.toMatch(/tenon:(?:workflow|prelude)/);
  }
});
