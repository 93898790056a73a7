import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import type { Command } from "commander";
import { CliError } from "./exit.ts";
import { packageRoot } from "./package.ts";
import { outputOf } from "./session.ts";

const EXAMPLES = `
Examples:
  $ tenon vault rotate                     new data keys, under the master key that there is
  $ TENON_MASTER_KEY=<new> TENON_MASTER_KEY_PREVIOUS=<old> tenon vault rotate

To change the master key: set both on every server and restart the servers, then rotate with the same two,
then restart without the old one. A server of \`npm start\` keeps its key in .tenon/master.key (old), and goes
on with TENON_MASTER_KEY (new) from then on. Takes over a minute: it waits for whoever still seals with an
old key.

Needs the server's own settings (DATABASE_URL, TENON_MASTER_KEY, …). Runs online; started again after an
interruption it goes on where it was.`;

/** `tenon vault …`: for whoever operates the server. */
export function addVault(root: Command): void {
  root
    .command("vault")
    .description("operate the vault (on the server's machine)")
    .command("rotate")
    .description("re-wrap all data keys and re-encrypt all sealed values")
    .addHelpText("after", EXAMPLES)
    .action(async (_options: unknown, command: Command) => {
      const launch = path.join(packageRoot(), "runtime", "launch.js");
      if (!existsSync(launch)) {
        throw new CliError(
          "`tenon vault rotate` is a command of the server, and this is the package for authors.",
          {
            hint: "Run it in the server's checkout: npm run tenon -- vault rotate",
          },
        );
      }
      await launchRotation(launch, outputOf(command).json);
    });
}

async function launchRotation(launch: string, json: boolean): Promise<void> {
  const child = spawn(process.execPath, [launch, "vault", "rotate", ...(json ? ["--json"] : [])], {
    stdio: "inherit",
  });
  const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on("SIGINT", forward).on("SIGTERM", forward);
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once("exit", resolve).once("error", reject);
  const code = await promise.finally(() => process.off("SIGINT", forward).off("SIGTERM", forward));
  if (code !== 0) {
    throw new CliError("The rotation did not finish. Started again, it goes on where it was.", {
      code: "TENON_VAULT_ROTATE",
    });
  }
}
