import type { Command } from "commander";
import { everyPage } from "#sdk/client.ts";
import type { Secret } from "#sdk/client.ts";
import { usageError } from "./exit.ts";
import { table } from "./output.ts";
import { readHidden } from "./prompt.ts";
import { openSession } from "./session.ts";

interface SetOptions {
  readonly env?: string;
  readonly customer?: string;
  readonly host: readonly string[];
  readonly reveal?: boolean;
}

const SET_EXAMPLES = `
Examples:
  $ tenon secrets set STRIPE_KEY --env production --host api.stripe.com      asks for the value
  $ printf %s "$ERP_KEY" | tenon secrets set ERP_KEY --host erp.example.com
  $ tenon secrets set ERP_KEY --customer acme --host erp.example.com         for one customer

The value never comes from an argument: every process on the machine can read arguments, and the shell
keeps them. --host may be given several times: api.example.com, *.example.com, with an optional port.`;

/** `tenon secrets …` */
export function addSecrets(root: Command): void {
  const secrets = root.command("secrets").description("store and list secrets");
  secrets
    .command("set")
    .description("store a secret: its value from a hidden prompt or standard input")
    .argument("<NAME>", "as code reads it: ctx.secrets.NAME")
    .argument("[value...]")
    .usage("<NAME> [options]")
    .option("-e, --env <environment>", "environment (default: development)")
    .option("-c, --customer <customer>", "override it for this customer")
    .option("--host <host>", "host that the value may travel to; repeatable", collect, [])
    .option("--reveal", "let workflows that declare it read the plaintext")
    .addHelpText("after", SET_EXAMPLES)
    .action(async (name: string, values: string[], options: SetOptions, command: Command) => {
      if (values.length > 0) {
        throw usageError(
          "A secret's value must not be an argument: other processes can read it, and the shell keeps it.",
          `Leave it out and type it at the prompt, or: printf %s "$VALUE" | tenon secrets set ${name} …`,
        );
      }
      await setSecret(name, options, command);
    });
  secrets
    .command("list")
    .description("list secrets: names and hosts, never values")
    .option("-e, --env <environment>", "environment (default: development)")
    .option("-c, --customer <customer>", "this customer's overrides")
    .addHelpText("after", "\nExample:\n  $ tenon secrets list --env production")
    .action(listSecrets);
}

async function setSecret(name: string, options: SetOptions, command: Command): Promise<void> {
  const { client, access, output } = openSession(command);
  const environment = options.env ?? access.environment;
  const owner = options.customer === undefined ? {} : { customer: options.customer };
  const whose = options.customer === undefined ? environment : `${environment}, customer ${options.customer}`;
  const value = await readHidden(`Value of ${name} (${whose}): `);
  const secret = await client.secrets.put(
    environment,
    name,
    {
      value,
      // What is not said stays as it is when the secret exists already.
      ...(options.host.length === 0 ? {} : { hosts: options.host }),
      ...(options.reveal === undefined ? {} : { reveal: options.reveal }),
    },
    owner,
  );
  output.value(secret);
  const hosts = secret.hosts.length === 0 ? "" : `, bound to ${secret.hosts.join(", ")}`;
  output.line(`${output.paint("green", "✔")} Stored ${output.paint("bold", name)} in ${whose}${hosts}.`);
  for (const warning of secret.warnings) {
    output.note(`  ! ${warning}`);
  }
}

async function listSecrets(
  options: { readonly env?: string; readonly customer?: string },
  command: Command,
): Promise<void> {
  const { client, access, output } = openSession(command);
  const environment = options.env ?? access.environment;
  const owner = options.customer === undefined ? {} : { customer: options.customer };
  const found: Secret[] = [];
  for await (const secret of everyPage((page) =>
    client.secrets.list(environment, { limit: 100, ...owner, ...page }),
  )) {
    found.push(secret);
  }
  output.value({ data: found });
  const rows = found.map((secret) => [
    secret.name,
    secret.hosts.length === 0 ? "-" : secret.hosts.join(", "),
    secret.reveal ? "yes" : "no",
    secret.updatedAt,
  ]);
  output.line(
    rows.length === 0
      ? `There are no secrets in ${environment}.`
      : table([["NAME", "HOSTS", "REVEAL", "CHANGED"], ...rows]),
  );
}

function collect(value: string, all: readonly string[]): string[] {
  return [...all, value];
}
