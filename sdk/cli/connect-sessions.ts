import type { Command } from "commander";
import { printable } from "./output.ts";
import { openSession } from "./session.ts";

interface CreateOptions {
  readonly env?: string;
  readonly customer: string;
  readonly user?: string;
  readonly connector: readonly string[];
  readonly origin: readonly string[];
  readonly redirectUrl?: string;
  readonly link?: boolean;
}

const EXAMPLES = `
Examples:
  $ tenon connect-sessions create --customer acme --connector acme-crm
  $ tenon connect-sessions create --customer acme --connector acme-crm --connector ledger --link

Whoever has the URL connects accounts for this customer: it works once, for fifteen minutes; with --link
again and again for a day, to be sent to a person.`;

/** `tenon connect-sessions …` */
export function addConnectSessions(root: Command): void {
  root
    .command("connect-sessions")
    .description("let customers connect their accounts on a page")
    .command("create")
    .description("print the URL of a page on which a customer connects accounts")
    .requiredOption("-c, --customer <customer>", "whose accounts are connected")
    .requiredOption("--connector <connector>", "what can be connected; repeatable", collect)
    .option("-e, --env <environment>", "environment (default: development)")
    .option("-u, --user <user>", "your name for one user of the customer: the accounts are this user's alone")
    .option(
      "--origin <origin>",
      "page that may frame it, such as https://app.example.com; repeatable",
      collect,
      [],
    )
    .option("--redirect-url <url>", "where the person goes in the end")
    .option("--link", "a link to be sent to a person, instead of a page that is opened now")
    .addHelpText("after", EXAMPLES)
    .action(async (options: CreateOptions, command: Command) => {
      const { client, access, output } = openSession(command);
      const session = await client.connectSessions.create({
        environment: options.env ?? access.environment,
        customer: options.customer,
        connectors: options.connector,
        allowedOrigins: options.origin,
        kind: options.link === true ? "link" : "session",
        ...(options.user === undefined ? {} : { customerUser: options.user }),
        ...(options.redirectUrl === undefined ? {} : { redirectUrl: options.redirectUrl }),
      });
      output.value(session);
      output.line(session.url ?? "");
      output.note(`  → Open it in the browser of ${session.customer.slug} before ${session.expiresAt}.`);
      for (const warning of session.warnings) {
        output.note(`  ! ${printable(warning)}`);
      }
    });
}

function collect(value: string, all: readonly string[] = []): string[] {
  return [...all, value];
}
