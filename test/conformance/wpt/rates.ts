import type { Comparison } from "./compare.ts";

/** An area's subtests that pass in Node, how many of them pass in an isolate, and that as a percentage. */
export interface Rate {
  readonly node: number;
  readonly ours: number;
  readonly percent: number;
}

/** The rates by area. */
export function ratesOf(comparisons: readonly Comparison[]): Record<string, Rate> {
  const areas = new Map<string, { node: number; ours: number }>();
  for (const { file, expected, passed } of comparisons) {
    const sum = areas.get(file.area) ?? { node: 0, ours: 0 };
    areas.set(file.area, { node: sum.node + expected, ours: sum.ours + passed });
  }
  return Object.fromEntries(
    [...areas]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([area, { node, ours }]) => [
        area,
        { node, ours, percent: node === 0 ? 100 : Math.floor((ours / node) * 1_000) / 10 },
      ]),
  );
}

/** What does not pass here but in Node, by file. */
export type Expectations = Readonly<Record<string, readonly string[]>>;

/** The expectations that say what just happened. */
export function expectationsOf(comparisons: readonly Comparison[]): Expectations {
  return Object.fromEntries(
    comparisons
      .filter(({ failed }) => failed.size > 0)
      .map(({ file, failed }) => [file.name, [...failed.keys()].sort()]),
  );
}
