import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { contentHash } from "#runtime/ids.ts";
import type { SandboxPool } from "#runtime/host/execution.ts";
import { bundleWorkflow } from "#sdk/bundle.ts";
import { resultOf, run, startPool } from "#test/host/sandbox-pool.ts";
import type { Ran } from "#test/host/sandbox-pool.ts";
import { project } from "#test/sdk/bundled.ts";
import basics from "./fixtures/node/basics.ts";
import crypto from "./fixtures/node/crypto.ts";
import streams from "./fixtures/node/streams.ts";

/** Each file runs twice, by Node here and by the sandbox there, and has to answer the same. */
let pool: SandboxPool;

beforeAll(async () => {
  pool = await startPool({ processes: 1 });
});
afterAll(async () => {
  await pool.close();
});

async function inSandbox(file: string): Promise<unknown> {
  const { code, sourceMap } = await bundleWorkflow({ entry: file });
  return resultOf(
    await run(pool, { hash: contentHash(code), code, sourceMap }, { limits: { cpuTotalMs: 10_000 } }),
  );
}

test.each([
  ["basics", basics],
  ["crypto", crypto],
  ["streams", streams],
])("%s", async (name, byNode) => {
  const answers = (await inSandbox(path.join(import.meta.dirname, `fixtures/node/${name}.ts`))) as object;
  // As JSON: what a workflow answers is no more.
  expect(answers).toEqual(JSON.parse(JSON.stringify(await byNode())));
});

test("process is plain facts, and holds nothing of the machine", async () => {
  const file = path.join(import.meta.dirname, "fixtures/node/process.ts");
  expect(await inSandbox(file)).toEqual({
    env: [[], true],
    kind: "[object Object]",
    cwd: "/",
    version: "v26.0.0",
    isNode: false,
    exit: "TENON_NOT_AVAILABLE",
    store: "TENON_NOT_AVAILABLE",
    bound: 3,
    platform: ["linux", "\n"],
  });
});

async function failingAt(imported: string, call: string): Promise<Ran> {
  const { folder } = project({
    "flow.ts": `${imported}
export default function flow(ctx) {
  try {
    ${call}
  } catch (error) {
    ctx.log.error(error);
    throw error;
  }
}`,
  });
  const { code, sourceMap } = await bundleWorkflow({ entry: path.join(folder, "flow.ts") });
  const ran = await run(pool, { hash: contentHash(code), code, sourceMap });
  expect(ran).toMatchObject({
    error: {
      location: { file: "flow.ts", line: 4 },
      stack: expect.stringMatching(/^ {4}at flow \(flow\.ts:4:\d+\)$/) as string,
    },
  });
  return ran;
}

test.each([
  ["import { createBrotliCompress } from 'node:zlib';", "createBrotliCompress();"],
  ["import buffer from 'node:buffer';", "buffer.resolveObjectURL('blob:x');"],
  ["import { AsyncLocalStorage } from 'node:async_hooks';", "new AsyncLocalStorage().run(1, () => 1);"],
  ["", "process.exit(1);"],
])("what a workflow does not have of Node shows the author's own line: %s %s", async (imported, call) => {
  const said = JSON.stringify(await failingAt(imported, call));
  expect(said).toContain("NotAvailableError");
  expect(said).not.toContain("node_modules/tenon");
});

test("what Tenon's modules refuse to take shows the author's own line", async () => {
  await failingAt("import { createHash } from 'node:crypto';", "createHash('none');");
});
