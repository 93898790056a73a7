import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startPool } from "#test/host/sandbox-pool.ts";
import { compare, compareAll, type Comparison } from "./compare.ts";
import { listFiles } from "./files.ts";
import { FLOORS } from "./floors.ts";
import { type Expectations, ratesOf } from "./rates.ts";

const TIMEOUT_MS = 240_000;
const EXPECTATIONS = JSON.parse(
  readFileSync(path.join(import.meta.dirname, "expectations.json"), "utf8"),
) as Expectations;

const pool = await startPool({ processes: 2 });
let comparisons: readonly Comparison[] = [];

/** Subtests that pass in Node and fail here, and that nobody expects to. */
function surprises({ file, failed }: Comparison): string[] {
  const expected = new Set(EXPECTATIONS[file.name]);
  return [...failed]
    .filter(([name]) => !expected.has(name))
    .map(([name, message]) => `${file.name}: ${name}: ${message}`);
}

beforeAll(async () => {
  const first = await compareAll(pool, listFiles());
  const settled: Comparison[] = [];
  for (const comparison of first) {
    // Alone once more: on a busy machine, tests of times fail for others' sake.
    settled.push(surprises(comparison).length === 0 ? comparison : await compare(pool, comparison.file));
  }
  comparisons = settled;
}, TIMEOUT_MS);

afterAll(async () => {
  await pool.close();
});

describe("web-platform tests in an isolate", () => {
  it.each(Object.keys(FLOORS))("%s: what passes in Node passes here, but for what is listed", (area) => {
    const failures = comparisons.filter(({ file }) => file.area === area).flatMap(surprises);
    expect(failures).toEqual([]);
  });

  it("reaches the floor of each area", () => {
    const rates = ratesOf(comparisons);
    console.log(JSON.stringify({ node: process.version, rates }));
    const under = Object.entries(FLOORS).filter(([area, floor]) => (rates[area]?.percent ?? 0) < floor);
    expect(under).toEqual([]);
    expect(Object.keys(rates)).toEqual(Object.keys(FLOORS));
  });
});
