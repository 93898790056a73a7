import type { Command } from "commander";
import { openSession } from "./session.ts";
import { table } from "./output.ts";

/** `tenon whoami` */
export function addWhoami(root: Command): void {
  root
    .command("whoami")
    .description("show which server, organization and key commands work with")
    .addHelpText("after", "\nExample:\n  $ tenon whoami --json")
    .action(async (_options: unknown, command: Command) => {
      const { client, access, output, signal } = openSession(command);
      const { organization, key } = await client.apiKeys.current({ signal });
      output.value({
        url: access.url,
        organization,
        key,
        source: access.source,
        environment: access.environment,
      });
      output.line(
        table([
          ["Organization", organization.name],
          ["Server", access.url],
          ["Key", `${key.name} (${key.kind}, ${key.preview})`],
          ["Scopes", key.scopes.join(", ")],
          ["Expires", key.expiresAt ?? "never"],
          ["Found in", access.source],
        ]),
      );
    });
}
