import { expect, test } from "vitest";
import { measureGrowth } from "#test/bench/memory.ts";

/** What an allocator may keep between the first runs and the last; isolates that stayed would hold many times that. */
const KEPT_MB = 60;

test.each(["fresh", "warm"] as const)("a process does not grow with its %s runs", async (isolation) => {
  const { firstMb, lastMb } = await measureGrowth(1_000, isolation);
  expect(lastMb - firstMb).toBeLessThan(KEPT_MB);
});
