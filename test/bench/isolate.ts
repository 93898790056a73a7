import ivm from "isolated-vm";
import { bundleWorkflow } from "#sdk/bundle.ts";
import { median, round, sequential } from "./measure.ts";
import { openSandbox } from "./sandbox.ts";

/** Milliseconds of one run: ours, and the least that isolated-vm needs for the same without a platform. */
export interface IsolateReport {
  readonly bundleKb: number;
  readonly runMs: number;
  readonly floorMs: number;
  /** How many times the floor, and how much more than it. */
  readonly ratio: number;
  readonly differenceMs: number;
  /** In an isolate that an earlier run of the same key left clean. */
  readonly warmRunMs: number;
}

/** A workflow as large as one with a few packages in it, of which it uses some. */
const FUNCTIONS = Array.from(
  { length: 160 },
  (_, n) => `
export function convert${String(n)}(values: readonly number[], options = { scale: ${String(n)}, label: "converter ${String(n)}" }) {
  const total = values.reduce((sum, value) => sum + value * options.scale, 0);
  return { label: options.label, total, mean: values.length === 0 ? null : total / values.length };
}
registry.set("convert${String(n)}", convert${String(n)});`,
).join("");
const SOURCE = `
import { defineWorkflow } from "tenon";
const registry = new Map<string, (values: readonly number[]) => { readonly total: number }>();
${FUNCTIONS}
export default defineWorkflow(
  { tier: "instant", needs: { secrets: { BENCH_KEY: {} } } },
  async (ctx, input: { readonly name: string }) => {
    const signed = await ctx.hmac("BENCH_KEY", input.name);
    let total = 0;
    for (let n = 0; n < 160; n += 8) total += registry.get("convert" + n)?.([1, 2, 3]).total ?? 0;
    return { greeting: "Hello, " + input.name, signed, total };
  },
);
`;

/** The floor: a new isolate with the same code and its code cache, one message out, one in, and the result. */
async function floorOf(code: string): Promise<() => Promise<void>> {
  const source = `${code}
;(function (post) {
  let answer;
  const ctx = { hmac: (name, data) => new Promise((resolve) => { answer = resolve; post("c" + JSON.stringify([name, data])); }) };
  __tenonWorkflow.default.handler(ctx, { name: "Ada" }).then((result) => { post("d" + JSON.stringify(result)); });
  return (text) => { answer(text); };
})`;
  const cache = await cacheOf(source);
  return async () => {
    const isolate = new ivm.Isolate({ memoryLimit: 128 });
    const context = await isolate.createContext();
    const script = await isolate.compileScript(source, { cachedData: cache });
    const begin = (await script.run(context, { reference: true, timeout: 10_000 })) as Begin;
    const said = Promise.withResolvers<string>();
    let deliver: ivm.Reference<(text: string) => void> | null = null;
    const asked = Promise.withResolvers<undefined>();
    const post = new ivm.Callback(
      (text: string) => {
        if (text.startsWith("d")) {
          said.resolve(text);
        } else {
          asked.resolve(undefined);
        }
      },
      { ignored: true },
    );
    deliver = await begin.apply(undefined, [post], { result: { reference: true }, timeout: 10_000 });
    await asked.promise;
    await deliver.apply(undefined, ["signature"], { timeout: 10_000 });
    await said.promise;
    isolate.dispose();
  };
}

type Begin = ivm.Reference<(post: ivm.Callback) => (text: string) => void>;

async function cacheOf(source: string): Promise<ivm.ExternalCopy<ArrayBuffer>> {
  const isolate = new ivm.Isolate({ memoryLimit: 128 });
  const script = await isolate.compileScript(source, { produceCachedData: true });
  const { cachedData } = script as ivm.Script & { readonly cachedData?: ivm.ExternalCopy<ArrayBuffer> };
  isolate.dispose();
  if (cachedData === undefined) {
    throw new Error("V8 made no code cache.");
  }
  return cachedData;
}

/** One run after the other in a warm process, ours and the floor in turn. */
export async function measureIsolate(rounds: number, count: number): Promise<IsolateReport> {
  const { code } = await bundleWorkflow({ source: SOURCE, filename: "bench.ts" });
  const floor = await floorOf(code);
  const fresh = await openSandbox({ code, isolation: "fresh" });
  const warm = await openSandbox({ code, isolation: "warm" });
  const ways = { floor, fresh: fresh.run, warm: warm.run };
  const times = { floor: [] as number[], fresh: [] as number[], warm: [] as number[] };
  try {
    for (let turn = 0; turn <= rounds; turn++) {
      for (const way of ["floor", "fresh", "warm"] as const) {
        const taken = median(await sequential(count, ways[way]));
        // The first round warms everything up.
        if (turn > 0) {
          times[way].push(taken);
        }
      }
    }
  } finally {
    await Promise.all([fresh.close(), warm.close()]);
  }
  const [floorMs, runMs, warmRunMs] = [median(times.floor), median(times.fresh), median(times.warm)];
  return {
    bundleKb: round(code.length / 1_000),
    runMs: hundredths(runMs),
    floorMs: hundredths(floorMs),
    ratio: hundredths(runMs / floorMs),
    differenceMs: hundredths(runMs - floorMs),
    warmRunMs: hundredths(warmRunMs),
  };
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}
