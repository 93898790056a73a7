import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const LAUNCH = path.join(import.meta.dirname, "../../runtime/launch.js");

/** A whole installation as `npm start` makes it: supervisor, embedded PostgreSQL, api, worker. */
export interface Installation {
  readonly pid: number;
  readonly url: string;
  readonly apiKey: string;
  readonly organizationId: string;
  readonly dataDir: string;
  /** From the start of the process to its being ready, in milliseconds. */
  readonly readyMs: number;
  /** What it wrote to standard output and standard error. */
  output(): string;
  kill(signal: NodeJS.Signals): void;
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
  /** SIGTERM, and waits. */
  stop(): Promise<number | null>;
}

/** A new folder for an installation's data. */
export function newDataDir(): string {
  return mkdtempSync(path.join(tmpdir(), "tenon-installation-"));
}

/** Starts an installation and waits until it is ready. @throws Error with its output when it ends instead. */
export async function startInstallation(
  dataDir: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Installation> {
  const start = performance.now();
  const child = spawn(process.execPath, [LAUNCH, "start"], {
    env: {
      PATH: process.env["PATH"] ?? "/usr/bin:/bin",
      PORT: "0",
      TENON_DATA_DIR: dataDir,
      TENON_LOG_LEVEL: "warn",
      TENON_RATE_LIMIT: "0",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const ready = Promise.withResolvers<number>();
  const collect = (text: string): void => {
    output += text;
    if (/Tenon is ready/.test(output) && /Stop:/.test(output)) {
      ready.resolve(performance.now() - start);
    }
  };
  child.stdout.setEncoding("utf8").on("data", collect);
  child.stderr.setEncoding("utf8").on("data", collect);
  const ended = once(child, "close").then(([code]) => code as number | null);
  const readyMs = await Promise.race([
    ready.promise,
    ended.then((code) => {
      throw new Error(`it ended with ${String(code)}: ${output}`);
    }),
  ]);
  const bootstrap = JSON.parse(readFileSync(path.join(dataDir, "bootstrap.json"), "utf8")) as {
    url: string;
    apiKey: string;
    organizationId: string;
  };
  return {
    ...bootstrap,
    pid: child.pid ?? 0,
    dataDir,
    readyMs,
    output: () => output,
    kill: (signal) => child.kill(signal),
    ended,
    stop: async () => {
      child.kill("SIGTERM");
      return ended;
    },
  };
}

/** Removes what an installation left. */
export function removeDataDir(dataDir: string): void {
  rmSync(dataDir, { recursive: true, force: true });
}
