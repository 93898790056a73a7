import { expect, test } from "vitest";
import { measureGrowth } from "#test/bench/memory.ts";

/** What an allocator may keep between the first runs and the last; isolates that stayed would hold many times that. */
const KEPT_MB = 60;

test.each([
  ["fresh", 500],
  // A kept isolate's heap grows to where V8 collects it: the first half of the runs brings all there.
  ["warm", 1_200],
] as const)("a process does not grow with its %s runs", { timeout: 120_000 }, async (isolation, runs) => {
  const { firstMb, lastMb } = await measureGrowth(runs, isolation, runs / 2);
  expect(lastMb - firstMb).toBeLessThan(KEPT_MB);
});
