import type { Command } from "commander";
import { printable, table } from "./output.ts";
import { openSession } from "./session.ts";

/** `tenon organization …` */
export function addOrganization(root: Command): void {
  const organization = root
    .command("organization")
    .description("show and rename the organization of the key");
  organization
    .command("get")
    .description("show the organization")
    .addHelpText("after", "\nExample:\n  $ tenon organization get")
    .action(async (_options: unknown, command: Command) => {
      const { client, output } = openSession(command);
      const found = await client.organization.get();
      output.value(found);
      output.line(
        table([
          ["Organization", printable(found.name)],
          ["Id", found.id],
          ["Made", found.createdAt],
        ]),
      );
    });
  organization
    .command("rename")
    .description("give the organization another name: people read it on connect pages")
    .argument("<name>", "the new name")
    .addHelpText("after", '\nExample:\n  $ tenon organization rename "Acme Inc."')
    .action(async (name: string, _options: unknown, command: Command) => {
      const { client, output } = openSession(command);
      const renamed = await client.organization.update({ name });
      output.value(renamed);
      output.line(`${output.paint("green", "✔")} The organization is called ${printable(renamed.name)} now.`);
    });
}
