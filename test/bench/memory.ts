import { bundleGuest } from "#runtime/host/guest-bundle.ts";
import { residentBytes } from "#runtime/host/memory.ts";
import { createIsolate, type FreshIsolate, preparePrelude } from "#runtime/sandbox/isolate.ts";
import { startProcess } from "#test/sandbox/in-process.ts";
import { round, throughput } from "./measure.ts";

const MB = 2 ** 20;
const MEMORY_MB = 128;
const FEW = 20;
const MANY = 100;
const AT_ONCE = 8;
const CODE = `async (ctx) => {
  ctx.log.info("a line", { input: ctx.input });
  const url = new URL("https://example.com/" + ctx.input);
  const bytes = new TextEncoder().encode(url.href);
  return { length: bytes.length, items: Array.from({ length: 1_000 }, (_, i) => ({ i })).length };
}`;

/** What an idle isolate with the prelude holds, in MB: how the resident set of this process grows with more of them. */
export async function idleIsolateMb(): Promise<number> {
  const prelude = await preparePrelude(await bundleGuest(), MEMORY_MB);
  const idle: FreshIsolate[] = [];
  const grow = async (size: number): Promise<number> => {
    while (idle.length < size) {
      idle.push(await createIsolate(prelude, MEMORY_MB));
    }
    return await residentBytes(process.pid);
  };
  const few = await grow(FEW);
  const many = await grow(MANY);
  for (const { isolate } of idle) {
    isolate.dispose();
  }
  return round((many - few) / (MANY - FEW) / MB);
}

/** Resident set of one sandbox process after its first runs, and after all, in MB. */
export interface GrowthReport {
  readonly firstRuns: number;
  readonly runs: number;
  readonly firstMb: number;
  readonly lastMb: number;
}

/** Runs so many in one process, each in a new isolate or all in kept ones. */
export async function measureGrowth(
  runs: number,
  isolation: "fresh" | "warm",
  firstRuns = runs / 10,
): Promise<GrowthReport> {
  const { process: sandbox, run } = await startProcess();
  const warm = isolation === "warm" ? "bench" : null;
  const some = async (count: number): Promise<number> => {
    await throughput(count, AT_ONCE, async (input) => {
      const ended = await run({ code: CODE, warm, input });
      if (!ended.word.startsWith("d")) {
        throw new Error(`a run ended wrongly: ${JSON.stringify(ended)}`);
      }
    });
    return (await residentBytes(sandbox.pid)) / MB;
  };
  try {
    const firstMb = await some(firstRuns);
    const lastMb = await some(runs - firstRuns);
    return { firstRuns, runs, firstMb: round(firstMb), lastMb: round(lastMb) };
  } finally {
    sandbox.kill("killed");
  }
}
