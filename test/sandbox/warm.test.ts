import { afterAll, beforeAll, expect, test } from "vitest";
import { type BareProcess, type EndedRun, type RunRequest, startProcess } from "./in-process.ts";

let bare: BareProcess;
let lastKey = 0;

beforeAll(async () => {
  bare = await startProcess();
});

afterAll(() => {
  bare.process.kill("killed");
});

/** A key that no other test uses. */
function newKey(): string {
  lastKey += 1;
  return `key ${String(lastKey)}`;
}

/** The next run of `request` once the isolate of an earlier one was given back. */
async function again(request: RunRequest): Promise<EndedRun> {
  for (let tries = 0; tries < 20; tries++) {
    const ended = await bare.run(request);
    if (ended.served > 0) {
      return ended;
    }
  }
  throw new Error("no isolate was kept");
}

/** Whether a run leaves an isolate for the next of its key, once one surely would have been given back. */
async function leavesIsolate(first: Omit<RunRequest, "warm">): Promise<boolean> {
  const warm = newKey();
  await bare.run({ ...first, warm });
  // A kept isolate is there at once or after a wait that these runs outlast.
  for (let others = 0; others < 10; others++) {
    await bare.run({ code: "() => 1", warm: null });
  }
  const next = await bare.run({ ...first, warm });
  return next.served > 0;
}

test("a clean run leaves its isolate to the next run of its key", async () => {
  const request = { code: "(ctx) => ctx.input.n * 2", warm: newKey() };
  const first = await bare.run({ ...request, input: { n: 2 } });
  expect(first).toMatchObject({ end: "settled", word: "d4", served: 0 });
  const second = await again({ ...request, input: { n: 21 } });
  expect(second).toMatchObject({ end: "settled", word: "d42" });
  expect(second.served).toBeGreaterThan(0);
});

test("no other key, and no run without one, gets that isolate", async () => {
  const warm = newKey();
  await again({ code: "() => 1", warm });
  expect(await bare.run({ code: "() => 1", warm: newKey() })).toMatchObject({ word: "d1", served: 0 });
  expect(await bare.run({ code: "() => 1", warm: null })).toMatchObject({ word: "d1", served: 0 });
  expect((await again({ code: "() => 1", warm })).served).toBeGreaterThan(1);
});

test("another bundle of the same key, which no worker asks for, is served by no isolate of the first", async () => {
  const warm = newKey();
  await again({ code: "() => 'first'", warm });
  for (let runs = 0; runs < 3; runs++) {
    expect(await bare.run({ code: `() => 'other ${String(runs)}'`, warm })).toMatchObject({
      word: `d"other ${String(runs)}"`,
      served: 0,
    });
  }
});

test("two runs of one key at once are in two isolates", async () => {
  const warm = newKey();
  const answer = (text: string): string | null => (text.startsWith("c1 ") ? "r1 null" : null);
  const code = "async (ctx) => { await ctx.fetch('https://a.example').catch(() => {}); return 1; }";
  await again({ code, warm, answer });
  const ended = await Promise.all([0, 1, 2].map(async () => bare.run({ code, warm, answer })));
  expect(ended.map(({ end }) => end)).toEqual(["settled", "settled", "settled"]);
  expect(ended.filter(({ served }) => served > 0).length).toBeLessThan(3);
});

test("many short runs at once share few isolates", async () => {
  const warm = newKey();
  const ended = await Promise.all(
    Array.from({ length: 100 }, async (_, input) => bare.run({ code: "(ctx) => ctx.input", warm, input })),
  );
  expect(ended.map(({ word }) => word)).toEqual(ended.map((_, n) => `d${String(n)}`));
  expect(ended.filter(({ served }) => served > 0).length).toBeGreaterThan(50);
});

test("runs that wait for others do not hold up those behind them", async () => {
  const warm = newKey();
  const count = 20;
  const waiting: number[] = [];
  const code = "async (ctx) => [ctx.input, await ctx.hmac('KEY', 'data')]";
  // Nobody is answered before all have asked.
  const runs = Array.from({ length: count }, async (_, input) =>
    bare.run({
      code,
      warm,
      input,
      answer: (text, run) => {
        waiting.push(...(text.startsWith("c1 ") ? [run] : []));
        if (waiting.length === count) {
          for (const asked of waiting) {
            bare.process.send({ type: "deliver", run: asked, text: 'r1 "signed"' });
          }
        }
        return null;
      },
    }),
  );
  const ended = await Promise.all(runs);
  expect(ended.map(({ word }) => word)).toEqual(ended.map((_, n) => `d[${String(n)},"signed"]`));
});

test("an isolate is charged to a run only from where the run began", async () => {
  const warm = newKey();
  const code =
    "(ctx) => { let sum = 0; for (let i = 0; i < ctx.input; i++) sum += i; return sum > 0 ? 1 : 0; }";
  expect((await bare.run({ code, warm, input: 3e8 })).cpuMs).toBeGreaterThan(100);
  const later: number[] = [];
  for (let runs = 0; runs < 5; runs++) {
    later.push((await again({ code, warm, input: 1 })).cpuMs);
  }
  // The least of them: on a busy machine a run may be charged for waits.
  expect(Math.min(...later)).toBeLessThan(100);
});

test.each([
  ["completed", "() => 1"],
  ["waited for a timer", "() => new Promise((resolve) => setTimeout(resolve, 5))"],
  ["cleared its timer", "() => { clearTimeout(setTimeout(() => {}, 60_000)); return 1; }"],
  ["handled a rejection", "() => Promise.reject(new Error('no')).catch(() => 1)"],
  ["left a promise that nothing settles", "() => { globalThis.left = new Promise(() => {}); return 1; }"],
])("an isolate is kept after a run that %s", async (_, code) => {
  let left = false;
  // Not always on a machine so busy that the run's last slice ends too late.
  for (let tries = 0; tries < 5 && !left; tries++) {
    left = await leavesIsolate({ code });
  }
  expect(left).toBe(true);
});

test.each([
  ["failed", "() => { throw new Error('no'); }"],
  ["left a timer", "() => { setTimeout(() => {}, 60_000); return 1; }"],
  ["left an interval", "() => { setInterval(() => {}, 1_000); return 1; }"],
  ["left a host call", "(ctx) => { void ctx.fetch('https://a.example').catch(() => {}); return 1; }"],
  ["left a rejection that nobody handles", "() => { void Promise.reject(new Error('no')); return 1; }"],
  [
    "goes on after its last word",
    "() => { Promise.resolve().then(function go() { return Promise.resolve().then(go); }); return 1; }",
  ],
  [
    "left its heap half full",
    "() => { globalThis.left = Array.from({ length: 4e6 }, (_, i) => ({ i })); return 1; }",
  ],
  ["timed out", "() => { for (;;); }"],
  ["ran out of memory", "() => { const all = []; for (;;) all.push(new Array(1e4).fill(0)); }"],
])("no isolate is kept after a run that %s", async (_, code) => {
  expect(await leavesIsolate({ code, memoryMb: 64 })).toBe(false);
});

test("an isolate does not live for ever: its runs are counted", async () => {
  const warm = newKey();
  let most = 0;
  let began = 0;
  for (let runs = 0; runs < 520; runs++) {
    const { served, word } = await bare.run({ code: "() => 1", warm });
    expect(word).toBe("d1");
    most = Math.max(most, served);
    began += served === 0 ? 1 : 0;
  }
  expect(most).toBeLessThan(500);
  // And what a run leaves is collected: isolates are not given up for their heap every few runs.
  expect(most).toBeGreaterThan(100);
  expect(began).toBeGreaterThan(1);
});

test("of many keys those that were used last keep their isolates", async () => {
  const keys = Array.from({ length: 20 }, newKey);
  for (const warm of keys) {
    await again({ code: "() => 1", warm });
  }
  const [oldest = ""] = keys;
  const newest = keys.at(-1) ?? "";
  expect((await bare.run({ code: "() => 1", warm: oldest })).served).toBe(0);
  expect((await bare.run({ code: "() => 1", warm: newest })).served).toBeGreaterThan(0);
});
