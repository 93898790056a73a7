import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { contentHash } from "#runtime/ids.ts";
import type { SandboxPool } from "#runtime/host/execution.ts";
import { bundleWorkflow } from "#sdk/bundle.ts";
import { resultOf, run, startPool } from "#test/host/sandbox-pool.ts";
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
