import type { Command } from "commander";
import { everyPage } from "#sdk/client.ts";
import { printable, table } from "./output.ts";
import { openSession } from "./session.ts";

/** `tenon workflows …` */
export function addWorkflows(root: Command): void {
  root
    .command("workflows")
    .description("look at workflows: tenon deploy makes them")
    .command("list")
    .description("list workflows and their newest versions")
    .addHelpText("after", "\nExample:\n  $ tenon workflows list --json")
    .action(async (_options: unknown, command: Command) => {
      const { client, output } = openSession(command);
      const found = await Array.fromAsync(
        everyPage((page) => client.workflows.list({ limit: 100, ...page })),
      );
      output.value({ data: found });
      const rows = found.map(({ slug, name, status, latestVersion }) => [
        slug,
        printable(name),
        latestVersion === null ? "-" : `v${String(latestVersion)}`,
        status,
      ]);
      output.line(
        rows.length === 0
          ? "There are no workflows yet: tenon deploy makes them."
          : table([["WORKFLOW", "NAME", "NEWEST", "STATUS"], ...rows]),
      );
    });
}
