import type { Command } from "commander";
import { everyPage } from "#sdk/client.ts";
import { printable, table } from "./output.ts";
import { openSession } from "./session.ts";

interface Place {
  readonly env?: string;
}

const SET_EXAMPLES = `
Examples:
  $ tenon variables set REGION eu-central-1
  $ tenon variables set REGION eu-central-1 --env production
  $ tenon variables set OFFSET --env production -- -1        a value that begins with a dash

A variable is no secret: whoever may read the environment reads it. For what must stay secret: tenon secrets`;

/** `tenon variables …` */
export function addVariables(root: Command): void {
  const variables = root.command("variables").description("store and list plain values of an environment");
  addList(variables);
  addSet(variables);
  addUnset(variables);
}

function addList(variables: Command): void {
  variables
    .command("list")
    .description("list variables and their values")
    .option("-e, --env <environment>", "environment (default: development)")
    .addHelpText("after", "\nExample:\n  $ tenon variables list --env production")
    .action(async (options: Place, command: Command) => {
      const { client, access, output } = openSession(command);
      const environment = options.env ?? access.environment;
      const found = await Array.fromAsync(
        everyPage((page) => client.variables.list(environment, { limit: 100, ...page })),
      );
      output.value({ data: found });
      const rows = found.map(({ name, value, updatedAt }) => [name, oneLine(value), updatedAt]);
      output.line(
        rows.length === 0
          ? `There are no variables in ${environment}.`
          : table([["NAME", "VALUE", "CHANGED"], ...rows]),
      );
    });
}

function addSet(variables: Command): void {
  variables
    .command("set")
    .description("store a variable, or change it")
    .argument("<NAME>", "as code reads it: ctx.variables.NAME")
    .argument("<value>", "its value, as text")
    .option("-e, --env <environment>", "environment (default: development)")
    .addHelpText("after", SET_EXAMPLES)
    .action(async (name: string, value: string, options: Place, command: Command) => {
      const { client, access, output } = openSession(command);
      const environment = options.env ?? access.environment;
      output.value(await client.variables.put(environment, name, value));
      output.line(`${output.paint("green", "✔")} Stored ${output.paint("bold", name)} in ${environment}.`);
    });
}

function addUnset(variables: Command): void {
  variables
    .command("unset")
    .description("delete a variable")
    .argument("<NAME>", "see tenon variables list")
    .option("-e, --env <environment>", "environment (default: development)")
    .addHelpText("after", "\nExample:\n  $ tenon variables unset REGION --env production")
    .action(async (name: string, options: Place, command: Command) => {
      const { client, access, output } = openSession(command);
      const environment = options.env ?? access.environment;
      await client.variables.remove(environment, name);
      output.value({ name, environment, deleted: true });
      output.line(`${output.paint("green", "✔")} Deleted ${name} from ${environment}.`);
    });
}

function oneLine(value: string): string {
  return printable(value)
    .replaceAll("\n", String.raw`\n`)
    .replaceAll("\t", String.raw`\t`);
}
