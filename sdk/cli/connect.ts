import type { Command } from "commander";
import type { Authorization, ConnectorMethod, ConnectorResource, NewConnection } from "#sdk/client.ts";
import { askFields, givenFields } from "./connection-fields.ts";
import { usageError } from "./exit.ts";
import { printable } from "./output.ts";
import type { Output } from "./output.ts";
import { openSession } from "./session.ts";
import type { Session } from "./session.ts";

interface ConnectOptions {
  readonly env?: string;
  readonly customer?: string;
  readonly user?: string;
  readonly method?: string;
  readonly name?: string;
  readonly field: readonly string[];
  readonly tag: readonly string[];
  readonly scope: readonly string[];
  readonly verify: boolean;
}

const EXAMPLES = `
Examples:
  $ tenon connections connect http --field host=api.example.com --method bearer     asks for the token
  $ printf %s "$TOKEN" | tenon connections connect http --field host=api.example.com --method bearer
  $ tenon connections connect http --customer acme < fields.json      {"host":"…","username":"…","password":"…"}
  $ tenon connections connect slack --customer acme                   shows the address where acme signs in

Secrets never come from an argument: every process on the machine can read arguments, and the shell keeps
them. Where the provider wants its owner's consent, the address of its page is shown: open it in a browser.
For that, register an OAuth app with the provider first, its redirect URI <server>/oauth/callback/<connector>,
and store it: tenon oauth-apps set <connector> --client-id <id>. \`tenon connectors get\` shows what is asked.`;

/** `tenon connections connect` */
export function addConnect(connections: Command): void {
  connections
    .command("connect")
    .description("connect an account: with a pasted credential, or by the provider's page")
    .argument("<connector>", "slug of the connector")
    .option("-e, --env <environment>", "environment (default: development)")
    .option("-c, --customer <customer>", "whose account it is (default: the organization's own)")
    .option("--user <user>", "the customer's own id of its user, when it is this user's alone")
    .option("-m, --method <method>", "auth method (default: the connector's default)")
    .option("--name <name>", "name of the connection (default: the connector's name)")
    .option("-f, --field <name=value>", "a field that is no secret; repeatable", collect, [])
    .option("--tag <tag>", "tag; repeatable", collect, [])
    .option("--scope <scope>", "ask for this scope instead of the default ones; repeatable", collect, [])
    .option("--no-verify", "store the credential without trying it out")
    .addHelpText("after", EXAMPLES)
    .action(async (slug: string, options: ConnectOptions, command: Command) => {
      const session = openSession(command);
      const connector = await session.client.connectors.get(slug);
      const method = methodOf(connector, options.method);
      await connect(session, connector, method, options);
    });
}

async function connect(
  { client, access, output }: Session,
  connector: ConnectorResource,
  method: ConnectorMethod,
  options: ConnectOptions,
): Promise<void> {
  showHelp(output, method);
  const asked: NewConnection = {
    connector: connector.slug,
    method: method.id,
    environment: options.env ?? access.environment,
    fields: await askFields(method.fields, givenFields(options.field)),
    tags: options.tag,
    ...(options.customer === undefined ? {} : { customer: options.customer }),
    ...(options.user === undefined ? {} : { user: options.user }),
    ...(options.name === undefined ? {} : { name: options.name }),
  };
  if (method.consent) {
    const scopes = options.scope.length === 0 ? {} : { scopes: options.scope };
    const authorization = await client.connections.authorize({ ...asked, ...scopes });
    showAuthorization(output, authorization, `tenon connections list --connector ${connector.slug}`);
    return;
  }
  const connection = await client.connections.create({ ...asked, verify: options.verify });
  output.value(connection);
  const who = connection.account?.name ?? connection.account?.id;
  output.line(
    `${output.paint("green", "✔")} Connected ${output.paint("bold", printable(connection.name))}${who === undefined ? "" : ` as ${printable(who)}`}: ${connection.id} (${connection.status})`,
  );
}

interface ReconnectOptions {
  readonly method?: string;
  readonly field: readonly string[];
  readonly scope: readonly string[];
  readonly verify: boolean;
}

/** `tenon connections reconnect` */
export function addReconnect(connections: Command): void {
  connections
    .command("reconnect")
    .description("connect the same account again, in place: its id and everything that needs it stay")
    .argument("<connection>", "its id")
    .option("-m, --method <method>", "auth method (default: the one that it has)")
    .option("-f, --field <name=value>", "a field that is no secret; repeatable", collect, [])
    .option("--scope <scope>", "ask for this scope instead of the default ones; repeatable", collect, [])
    .option("--no-verify", "store the credential without trying it out")
    .addHelpText("after", "\nExample:\n  $ tenon connections reconnect 019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e77")
    .action(async (id: string, options: ReconnectOptions, command: Command) => {
      const { client, output } = openSession(command);
      const before = await client.connections.get(id);
      const connector = await client.connectors.get(before.connector);
      const method = methodOf(connector, options.method ?? before.method);
      showHelp(output, method);
      // What is known is not asked again; secrets are known to nobody.
      const known = Object.entries(before.fields).filter(([name]) =>
        method.fields.some((field) => field.name === name),
      );
      const done = await client.connections.reconnect(id, {
        method: method.id,
        fields: await askFields(method.fields, {
          ...Object.fromEntries(known),
          ...givenFields(options.field),
        }),
        verify: options.verify,
        ...(options.scope.length === 0 ? {} : { scopes: options.scope }),
      });
      if ("authorizeUrl" in done) {
        showAuthorization(output, done, `tenon connections get ${id}`);
        return;
      }
      output.value(done);
      output.line(
        `${output.paint("green", "✔")} Connected ${output.paint("bold", printable(done.connection.name))} again (${done.connection.status}).`,
      );
      for (const scope of done.lostScopes) {
        output.note(`  ! It lost the scope ${printable(scope)}`);
      }
    });
}

function methodOf({ slug, auth }: ConnectorResource, wanted: string | undefined): ConnectorMethod {
  const found = auth.find((method) => (wanted === undefined ? method.default : method.id === wanted));
  if (found === undefined) {
    throw usageError(
      `"${slug}" has no auth method "${wanted ?? ""}".`,
      `It has: ${auth.map(({ id }) => id).join(", ")}`,
    );
  }
  return found;
}

function showHelp(output: Output, { help, consent }: ConnectorMethod): void {
  if (help !== null && !consent) {
    output.note(printable(help));
  }
}

function showAuthorization(output: Output, authorization: Authorization, next: string): void {
  output.value(authorization);
  output.line(authorization.authorizeUrl);
  output.note(
    `  → Open it in the browser of the account's owner before ${authorization.expiresAt}; then: ${next}`,
  );
}

function collect(value: string, all: readonly string[]): string[] {
  return [...all, value];
}
