import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const PAGE_BYTES = 4_096;
const run = promisify(execFile);

/** The resident set of a process in bytes; 0 when it is gone or cannot be read. */
export async function residentBytes(pid: number): Promise<number> {
  try {
    if (process.platform === "linux") {
      const fields = (await readFile(`/proc/${String(pid)}/statm`, "utf8")).split(" ");
      return Number(fields[1]) * PAGE_BYTES;
    }
    const { stdout } = await run("ps", ["-o", "rss=", "-p", String(pid)]);
    return Number(stdout.trim()) * 1_024;
  } catch {
    return 0;
  }
}
