import type { Command } from "commander";
import { CliError } from "./exit.ts";
import { printable } from "./output.ts";
import { openSession } from "./session.ts";

/** `tenon connections refresh` */
export function addRefresh(connections: Command): void {
  connections
    .command("refresh")
    .description("renew a connection's token now; ends with 1 when that does not work")
    .argument("<connection>", "its id")
    .addHelpText("after", "\nExample:\n  $ tenon connections refresh 019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e77")
    .action(async (id: string, _options: unknown, command: Command) => {
      const { client, output } = openSession(command);
      const done = await client.connections.refresh(id);
      output.value(done);
      const { status, message, connection } = done;
      const name = printable(connection.name);
      if (status !== "refreshed" && status !== "fresh") {
        throw new CliError(`${name} was not renewed: ${printable(message ?? status)}`, {
          code: "TENON_CONNECTION_REFRESH",
          hint: HINTS[status](id, connection.connector),
        });
      }
      const what = status === "refreshed" ? `Renewed ${name}` : `${name} was renewed a moment ago`;
      output.line(`${output.paint("green", "✔")} ${what} (${connection.status}).`);
    });
}

const HINTS = {
  unavailable: (id: string) => `Tenon goes on trying; look again with: tenon connections get ${id}`,
  reauthorize: (id: string) => `Connect the account again: tenon connections reconnect ${id}`,
  app_misconfigured: (_id: string, connector: string) =>
    `Store what the provider has for the OAuth app: tenon oauth-apps set ${connector} --client-id …`,
} as const;
