import { readFileSync } from "node:fs";
import path from "node:path";
import { processTree } from "#test/support/processes.ts";

/** Milliseconds of one tick of proc(5): the kernel's USER_HZ is 100 on every platform that Node supports. */
const TICK_MS = 10;

/** CPU time in milliseconds that processes have used, by what they are. */
export type CpuTimes = ReadonlyMap<string, number>;

/** CPU time of a process and its descendants, and of this process as `caller`. Empty where there is no /proc. */
export function cpuTimes(roots: readonly number[]): CpuTimes {
  const times = new Map<string, number>();
  const { user, system } = process.cpuUsage();
  for (const pid of roots.flatMap(processTree)) {
    try {
      const stat = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      const name = nameOf(pid);
      if (name === "") {
        // It has ended, and only its number is left.
        continue;
      }
      const used = (Number(fields[11]) + Number(fields[12])) * TICK_MS;
      times.set(name, (times.get(name) ?? 0) + used);
    } catch {
      // It ended while we looked.
    }
  }
  return times.size === 0 ? times : times.set("caller", (user + system) / 1_000);
}

/** What each kind of process used between two readings, per run. */
export function cpuPerRun(before: CpuTimes, after: CpuTimes, runs: number): Record<string, number> {
  const used = [...after].map(([name, ms]) => [name, (ms - (before.get(name) ?? 0)) / runs] as const);
  return Object.fromEntries(used.filter(([, ms]) => ms >= 0.01).map(([name, ms]) => [name, hundredths(ms)]));
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}

/** The file that node runs, or the program's own name. */
function nameOf(pid: number): string {
  const words = readFileSync(`/proc/${String(pid)}/cmdline`, "utf8").split("\0");
  const program = path.basename(words[0] ?? "").split(":")[0] ?? "";
  if (program !== "node") {
    return program;
  }
  const at = words.findIndex((word) => /\.(?:ts|c?js)$/.test(word));
  const file = words[at] ?? "";
  // The launcher starts a service by its name.
  return file.includes("/runtime/sandbox/") ? "sandbox" : (words[at + 1] ?? "") || path.basename(file);
}
