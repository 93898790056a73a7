import type { Command } from "commander";
import { createClient } from "#sdk/client.ts";
import type { TenonClient } from "#sdk/client.ts";
import { CliError, EXIT } from "./exit.ts";
import { createOutput } from "./output.ts";
import type { Output } from "./output.ts";
import { findAccess } from "./settings.ts";
import type { Access } from "./settings.ts";

/** What a command that talks to a server works with. */
export interface Session {
  readonly client: TenonClient;
  readonly access: Access;
  readonly output: Output;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** The output that the command line asks for. */
export function outputOf(command: Command): Output {
  return createOutput(command.optsWithGlobals<{ json?: boolean }>().json === true);
}

/** Finds server and key for a command. @throws CliError with exit code 3 when there is no key */
export function openSession(command: Command): Session {
  const { url } = command.optsWithGlobals<{ url?: string }>();
  const access = findAccess(url);
  if (access === null) {
    throw new CliError(url === undefined ? "You are not logged in." : `You are not logged in to ${url}.`, {
      exitCode: EXIT.notAuthenticated,
      code: "TENON_NOT_LOGGED_IN",
      hint: "Run: tenon login    (or set TENON_API_KEY; beside a local server its own key is found by itself)",
    });
  }
  return { access, client: createClient(access), output: outputOf(command), signal: interrupted() };
}

let interruption: AbortSignal | null = null;

/** Aborted by the first Ctrl-C or SIGTERM, so that commands end cleanly; the second one ends the process. */
function interrupted(): AbortSignal {
  if (interruption === null) {
    const controller = new AbortController();
    const stop = (): void => {
      controller.abort();
      process.off("SIGINT", stop).off("SIGTERM", stop);
    };
    process.on("SIGINT", stop).on("SIGTERM", stop);
    interruption = controller.signal;
  }
  return interruption;
}
