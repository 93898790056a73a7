import { afterAll, beforeAll, expect, test } from "vitest";
import { KNOWN_BUNDLES } from "#runtime/sandbox/wire.ts";
import { type BareProcess, startProcess } from "./in-process.ts";

let bare: BareProcess;
beforeAll(async () => {
  bare = await startProcess();
});
afterAll(() => {
  bare.process.kill("killed");
});

/** Text of a workflow that calls some of many functions, by its input. */
function manyFunctions(first: number): string {
  const functions = Array.from({ length: 300 }, (_, n) => `(x) => { return [${String(first + n)}, x]; }`);
  return `(ctx) => {
    const all = [${functions.join(",\n")}];
    if (ctx.input === "throws") {
      all.at(-1)(1);
      throw new Error("on line 303");
    }
    return all[ctx.input](7);
  }`;
}

test("a bundle means the same before and after V8's code cache knows what its runs call", async () => {
  const code = manyFunctions(1_000);
  for (const input of [3, 4, 3, 299, 4, 3]) {
    const { word } = await bare.run({ code, warm: null, input });
    expect(word).toBe(`d[${String(1_000 + input)},7]`);
  }
  const places = new Set<string | undefined>();
  for (let turn = 0; turn < 3; turn++) {
    const { word } = await bare.run({ code, warm: null, input: "throws" });
    places.add(/tenon:workflow:\d+:\d+/.exec(word)?.[0]);
  }
  expect([...places]).toEqual(["tenon:workflow:304:13"]);
});

test("later runs of a bundle compile less", async () => {
  // Every function is called: without a cache of a run, each run compiles them all.
  const code = `(ctx) => { ${Array.from({ length: 3_000 }, (_, n) => `(function f${String(n)}(x) { if (x) { return [x, ${String(n)}]; } return { n: x }; })(${String(n)});`).join("\n")} return 1; }`;
  const first = await bare.run({ code, warm: null });
  const later = [];
  for (let turn = 0; turn < 5; turn++) {
    later.push((await bare.run({ code, warm: null })).cpuMs);
  }
  expect(Math.min(...later)).toBeLessThan(first.cpuMs / 2);
});

test("bundles of equal length are never taken for each other", async () => {
  for (let turn = 0; turn < 3; turn++) {
    for (const n of [1, 2, 3]) {
      const { word } = await bare.run({ code: manyFunctions(n * 1_000), warm: null, input: 5 });
      expect(word).toBe(`d[${String(n * 1_000 + 5)},7]`);
    }
  }
});

test("a bundle is sent again after so many others that it was forgotten", async () => {
  for (let turn = 0; turn < 2; turn++) {
    for (let n = 0; n < 2 * KNOWN_BUNDLES + 2; n++) {
      const { word } = await bare.run({ code: `() => ${String(n)}`, warm: null });
      expect(word).toBe(`d${String(n)}`);
    }
  }
});
