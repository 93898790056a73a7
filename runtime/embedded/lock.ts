import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { SetupError } from "#runtime/errors.ts";

/**
 * Makes this process the only one that runs the data directory. A lock left behind by a killed process is
 * recognised by its start time, which a reused process id does not share.
 *
 * @returns The way to give it up.
 */
export function lockDataDir(dataDir: string): () => void {
  const file = path.join(dataDir, "tenon.lock");
  const mine = `${String(process.pid)} ${startTime(process.pid) ?? ""}\n`;
  for (;;) {
    try {
      writeFileSync(file, mine, { flag: "wx", mode: 0o600 });
      return () => {
        rmSync(file, { force: true });
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
        throw error;
      }
    }
    const [pid = "", started = ""] = readFileSync(file, "utf8").trim().split(" ");
    if (isAlive(Number(pid)) && (startTime(Number(pid)) ?? "") === started) {
      throw new SetupError(
        `Tenon (process ${pid}) already runs in ${dataDir}: stop it, or set TENON_DATA_DIR and PORT for a second instance.`,
      );
    }
    rmSync(file, { force: true });
  }
}

function isAlive(pid: number): boolean {
  if (!(pid > 0)) {
    return false;
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * Clock ticks since boot at which a process started (proc(5), field 22); null where there is no /proc, and for
 * a killed process that nobody has waited for: in a container without an init it stays a zombie for ever.
 */
function startTime(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}
