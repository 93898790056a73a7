import { Command, CommanderError } from "commander";
import { EXIT, usageError } from "./exit.ts";
import { reportFailure } from "./failure.ts";
import { addConnectSessions } from "./connect-sessions.ts";
import { addConnections } from "./connections.ts";
import { addConnectors } from "./connectors.ts";
import { addCustomers } from "./customers.ts";
import { addDeploy } from "./deploy.ts";
import { addDev } from "./dev.ts";
import { addEnvironments } from "./environments.ts";
import { addInit } from "./init.ts";
import { addLogin } from "./login.ts";
import { addLogs } from "./logs.ts";
import { addOAuthApps } from "./oauth-apps.ts";
import { addOrganization } from "./organization.ts";
import { addRun } from "./run.ts";
import { addRuns } from "./runs.ts";
import { addSecrets } from "./secrets.ts";
import { addVariables } from "./variables.ts";
import { addVault } from "./vault.ts";
import { addWhoami } from "./whoami.ts";
import { addWorkflows } from "./workflows.ts";
import { packageVersion } from "./package.ts";

const HELP = `
Start here:
  $ tenon init my-workflows       a project with a first workflow and its test
  $ tenon dev                     build, publish and deploy on every change
  $ tenon run hello --input '{"name":"Ada"}' --watch

Server and key come from, in this order: TENON_API_KEY (with TENON_URL), the bootstrap.json of a local
server (in TENON_DATA_DIR, or in .tenon here or in a folder above), what \`tenon login\` stored.

Exit codes:
  0  done                     3  not logged in, or the key is refused
  1  the run or the command   4  the server cannot be reached
     failed
  2  wrong usage

With --json every command writes one JSON document (streams: one per line) on standard output, and errors
as JSON on standard error.`;

/**
 * The command line of Tenon.
 *
 * @param argv - Arguments without the node binary and the script.
 * @returns The exit code: see {@link EXIT}.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const json = argv.includes("--json");
  try {
    await program().parseAsync(argv, { from: "user" });
    return EXIT.ok;
  } catch (error) {
    if (error instanceof CommanderError) {
      return usageExit(error, argv, json);
    }
    return reportFailure(error, json);
  }
}

/** The tree of commands. */
function program(): Command {
  const root = new Command("tenon")
    .description("Build, deploy and run Tenon workflows.")
    .version(packageVersion(), "-v, --version")
    .option("--json", "write JSON for programs instead of text for people")
    .option("--url <url>", "address of the server, when you use several")
    .addHelpText("after", HELP)
    .showSuggestionAfterError(true)
    .helpCommand(false)
    .exitOverride()
    // Said in the same form as every other failure.
    .configureOutput({ outputError: () => undefined });
  for (const add of [
    addInit,
    addLogin,
    addWhoami,
    addDev,
    addDeploy,
    addRun,
    addLogs,
    addRuns,
    addWorkflows,
    addEnvironments,
    addVariables,
    addSecrets,
    addConnectors,
    addOAuthApps,
    addConnections,
    addCustomers,
    addConnectSessions,
    addOrganization,
    addVault,
  ]) {
    add(root);
  }
  inherit(root);
  return root;
}

/** Settings of the root reach the commands: one way to fail, and `--json` and `--url` in every help. */
function inherit(parent: Command): void {
  for (const command of parent.commands) {
    command.copyInheritedSettings(parent).configureHelp({
      showGlobalOptions: true,
      // One without a description only catches what must not be an argument.
      visibleArguments: ({ registeredArguments }) =>
        registeredArguments.filter(({ description }) => description !== ""),
    });
    inherit(command);
  }
}

function usageExit(error: CommanderError, argv: readonly string[], json: boolean): number {
  if (error.exitCode === 0) {
    return EXIT.ok;
  }
  // A group without its subcommand (`tenon secrets`) has printed its help.
  if (error.code === "commander.help") {
    return EXIT.usage;
  }
  const message = error.message.replace(/^error: /, "").replaceAll("\n", " ");
  return reportFailure(
    usageError(`${message.charAt(0).toUpperCase()}${message.slice(1)}.`, `See: ${commandOf(argv)} --help`),
    json,
  );
}

/** The command that was meant, as far as it is one. */
function commandOf(argv: readonly string[]): string {
  let command = program();
  const names = [command.name()];
  for (const word of argv) {
    const next = command.commands.find((one) => one.name() === word);
    if (next !== undefined) {
      command = next;
      names.push(word);
    }
  }
  return names.join(" ");
}
