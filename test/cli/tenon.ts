import { spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import path from "node:path";

const DOOR = path.resolve(import.meta.dirname, "../../sdk/cli/tenon.js");

/** How an invocation of the command line ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where and how the command line is started. */
export interface Invocation {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Sent to standard input, which then ends. */
  readonly stdin?: string;
  readonly node?: string;
}

/** A command line that is still running. */
export interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly ended: Promise<Ended>;
}

/** Starts `tenon` as a process of its own, with nothing of this process's environment but the path. */
export function startTenon(args: readonly string[], { cwd, env = {}, stdin, node }: Invocation): Running {
  const child = spawn(node ?? process.execPath, [DOOR, ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? "", HOME: cwd, NO_COLOR: "1", ...env },
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.stdin.on("error", () => undefined).end(stdin ?? "");
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject).once("close", (code) => resolve({ code, stdout, stderr }));
  });
  return { child, stdout: () => stdout, stderr: () => stderr, ended };
}

/** Runs `tenon` to its end. */
export async function tenon(args: readonly string[], invocation: Invocation): Promise<Ended> {
  return startTenon(args, invocation).ended;
}
