import { readFileSync } from "node:fs";
import { processTree } from "#test/support/processes.ts";

/** Middle value; of an even count the lower one. */
export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** Nearest-rank percentile. */
export function percentile(values: readonly number[], rank: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((rank / 100) * sorted.length) - 1)] ?? Number.NaN;
}

/** Runs `work` `count` times, one after the other; each one's time in milliseconds. */
export async function sequential(count: number, work: (index: number) => Promise<void>): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    const start = performance.now();
    await work(index);
    times.push(performance.now() - start);
  }
  return times;
}

/** Runs `work` `count` times with `width` in flight; how many per second. */
export async function throughput(
  count: number,
  width: number,
  work: (index: number) => Promise<void>,
): Promise<number> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      await work(next++);
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: width }, lane));
  return (count / (performance.now() - start)) * 1_000;
}

/** A figure for the report: one decimal below 100, none above. */
export function round(value: number): number {
  return value < 100 ? Math.round(value * 10) / 10 : Math.round(value);
}

/**
 * Memory of a process and all its descendants, in MB: proportional set size, which counts a page that is
 * shared by n processes as 1/n (proc(5), smaps_rollup). Null where there is no /proc.
 */
export function treeMemoryMb(pid: number): number | null {
  try {
    const kilobytes = processTree(pid).map((member) => {
      const rollup = readFileSync(`/proc/${String(member)}/smaps_rollup`, "utf8");
      return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0);
    });
    return kilobytes.reduce((sum, value) => sum + value, 0) / 1024;
  } catch {
    return null;
  }
}
