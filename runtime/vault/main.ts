import { parseArgs } from "node:util";
import { readConfig } from "#runtime/config.ts";
import { connectDatabase } from "#runtime/db/connect.ts";
import { databaseAccess } from "#runtime/embedded/access.ts";
import { SetupError } from "#runtime/errors.ts";
import { rotate } from "./rotate.ts";
import type { RotateReport } from "./rotate.ts";

const USAGE = "Usage: tenon vault rotate [--json]";

/** `tenon vault …`: key work on the operator's machine, with the same settings as the servers. */
export async function main(argv: readonly string[]): Promise<void> {
  const { json } = readArguments(argv);
  const config = readConfig();
  const database = connectDatabase(databaseAccess(config), { poolSize: 4, process: "vault" });
  const stop = new AbortController();
  const onSignal = (): void => {
    stop.abort();
  };
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  try {
    const report = await rotate(
      { database, masterKey: config.masterKey, previousMasterKey: config.previousMasterKey },
      {
        signal: stop.signal,
        onProgress: (line) => {
          process.stderr.write(`tenon vault: ${line}\n`);
        },
      },
    );
    finish(report, json);
  } catch (error) {
    throw explained(error);
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
    await database.close();
  }
}

function readArguments(argv: readonly string[]): { readonly json: boolean } {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: { json: { type: "boolean", default: false } },
      allowPositionals: true,
    });
    if (positionals.length === 1 && positionals[0] === "rotate") {
      return { json: values.json };
    }
  } catch (cause) {
    throw new SetupError(USAGE, { cause });
  }
  throw new SetupError(USAGE);
}

function finish(report: RotateReport, json: boolean): void {
  const done = !report.interrupted && report.unreadableValues === 0;
  if (json) {
    process.stdout.write(`${JSON.stringify(report)}\n`);
  }
  const counts = `${String(report.newKeys)} new data keys, ${String(report.resealedValues)} values sealed anew`;
  const line = report.interrupted
    ? `stopped (${counts}); nothing is lost. Run the same command again to go on from here.`
    : `${done ? "done" : "done, except for what does not open"}: ${counts}, ${String(report.deletedKeys)} old keys deleted, ${String(report.unreadableValues)} values unreadable.`;
  process.stderr.write(`tenon vault: ${line}\n`);
  process.exitCode = done ? 0 : 1;
}

/** PostgreSQL's 28P01: the roles' passwords come from the master key, so a wrong key is a wrong password. */
function explained(error: unknown): unknown {
  return (error as { code?: unknown } | null)?.code === "28P01"
    ? new SetupError(
        "The database does not know TENON_MASTER_KEY: it must be the key that the servers were last started with. To change it, set TENON_MASTER_KEY to the new key and TENON_MASTER_KEY_PREVIOUS to the old one everywhere, restart the servers, then rotate.",
        { cause: error },
      )
    : error;
}
