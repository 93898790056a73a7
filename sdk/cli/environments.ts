import type { Command } from "commander";
import { everyPage } from "#sdk/client.ts";
import { printable, table } from "./output.ts";
import { openSession } from "./session.ts";
import { nameTaken } from "./taken.ts";

const CREATE_EXAMPLES = `
Examples:
  $ tenon environments create staging
  $ tenon environments create production --name Production --production`;

/** `tenon environments …` */
export function addEnvironments(root: Command): void {
  const environments = root
    .command("environments")
    .description("list and make the environments that workflows are deployed to");
  addList(environments);
  addCreate(environments);
}

function addList(environments: Command): void {
  environments
    .command("list")
    .description("list environments")
    .addHelpText("after", "\nExample:\n  $ tenon environments list --json")
    .action(async (_options: unknown, command: Command) => {
      const { client, output } = openSession(command);
      const found = await Array.fromAsync(
        everyPage((page) => client.environments.list({ limit: 100, ...page })),
      );
      output.value({ data: found });
      const rows = found.map(({ slug, name, production, createdAt }) => [
        slug,
        printable(name),
        production ? "yes" : "no",
        createdAt,
      ]);
      output.line(
        rows.length === 0
          ? "There are no environments yet."
          : table([["ENVIRONMENT", "NAME", "PRODUCTION", "MADE"], ...rows]),
      );
    });
}

function addCreate(environments: Command): void {
  environments
    .command("create")
    .description("make an environment")
    .argument("<slug>", "its slug, as --env takes it")
    .option("--name <name>", "what people read (default: the slug)")
    .option("--production", "a production one: test keys do not reach it, nothing is debugged in it")
    .addHelpText("after", CREATE_EXAMPLES)
    .action(
      async (
        slug: string,
        options: { readonly name?: string; readonly production?: boolean },
        command: Command,
      ) => {
        const { client, output } = openSession(command);
        const made = await client.environments.create({ slug, ...options }).catch((error: unknown) => {
          throw nameTaken(error, { slug });
        });
        output.value(made);
        const kind = made.production ? " (production)" : "";
        output.line(`${output.paint("green", "✔")} Made ${output.paint("bold", made.slug)}${kind}.`);
        output.note(`  Put workflows live there: tenon deploy --env ${made.slug}`);
      },
    );
}
