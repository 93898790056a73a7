import type { Command } from "commander";
import { everyPage } from "#sdk/client.ts";
import type { OAuthApp, TenonClient } from "#sdk/client.ts";
import { usageError } from "./exit.ts";
import { printable, table } from "./output.ts";
import { readHidden } from "./prompt.ts";
import { openSession } from "./session.ts";

interface SetOptions {
  readonly clientId: string;
  readonly env?: string;
}

const SET_EXAMPLES = `
Examples:
  $ tenon oauth-apps set acme-crm --client-id tenon-production                   asks for the client secret
  $ printf %s "$SECRET" | tenon oauth-apps set acme-crm --client-id tenon-test --env staging

The secret never comes from an argument: every process on the machine can read arguments, and the shell
keeps them. Register the redirect URI that is printed at the provider.`;

/** `tenon oauth-apps …` */
export function addOAuthApps(root: Command): void {
  const apps = root
    .command("oauth-apps")
    .description("store the OAuth apps that you registered with providers");
  addList(apps);
  addSet(apps);
  addDelete(apps);
}

function addList(apps: Command): void {
  apps
    .command("list")
    .description("list OAuth apps and their redirect URIs, never secrets")
    .option("--connector <connector>", "only of this connector")
    .option("-e, --env <environment>", "only of this environment")
    .addHelpText("after", "\nExample:\n  $ tenon oauth-apps list --connector acme-crm")
    .action(
      async (
        { connector, env }: { readonly connector?: string; readonly env?: string },
        command: Command,
      ) => {
        const { client, output } = openSession(command);
        const query = {
          ...(connector === undefined ? {} : { connector }),
          ...(env === undefined ? {} : { environment: env }),
        };
        const found = await Array.fromAsync(
          everyPage((page) => client.oauthApps.list({ limit: 100, ...query, ...page })),
        );
        output.value({ data: found });
        const rows = found.map((app) => [
          app.id,
          app.connector,
          app.environment?.slug ?? "every",
          printable(app.clientId),
          app.redirectUri,
        ]);
        output.line(
          rows.length === 0
            ? "There are no such OAuth apps."
            : table([["OAUTH APP", "CONNECTOR", "ENVIRONMENT", "CLIENT ID", "REDIRECT URI"], ...rows]),
        );
      },
    );
}

function addSet(apps: Command): void {
  apps
    .command("set")
    .description("store an OAuth app: its client secret from a hidden prompt or standard input")
    .argument("<connector>", "slug of the connector")
    .argument("[secret...]")
    .usage("<connector> --client-id <id> [options]")
    .requiredOption("--client-id <id>", "the app's client id at the provider")
    .option("-e, --env <environment>", "only for this environment (default: for every one without its own)")
    .addHelpText("after", SET_EXAMPLES)
    .action(async (connector: string, secrets: string[], options: SetOptions, command: Command) => {
      if (secrets.length > 0) {
        throw usageError(
          "A client secret must not be an argument: other processes can read it, and the shell keeps it.",
          `Leave it out and type it at the prompt, or: printf %s "$SECRET" | tenon oauth-apps set ${connector} …`,
        );
      }
      const { client, output } = openSession(command);
      const clientSecret = await readHidden(`Client secret of ${connector}: `);
      const app = await storeApp(client, connector, { ...options, clientSecret });
      output.value(app);
      const where = app.environment === null ? "" : ` in ${app.environment.slug}`;
      output.line(
        `${output.paint("green", "✔")} Stored the OAuth app of ${output.paint("bold", connector)}${where}: ${app.id}`,
      );
      output.line(`Redirect URI to register at the provider: ${app.redirectUri}`);
    });
}

/** There is one app for a connector and an environment: another one takes its place. */
async function storeApp(
  client: TenonClient,
  connector: string,
  { clientId, clientSecret, env }: SetOptions & { readonly clientSecret: string },
): Promise<OAuthApp> {
  const found = await Array.fromAsync(
    everyPage((page) => client.oauthApps.list({ limit: 100, connector, ...page })),
  );
  const present = found.find(({ environment }) =>
    env === undefined ? environment === null : environment?.slug === env || environment?.id === env,
  );
  return present === undefined
    ? client.oauthApps.create({ connector, clientId, clientSecret, environment: env ?? null })
    : client.oauthApps.update(present.id, { clientId, clientSecret });
}

function addDelete(apps: Command): void {
  apps
    .command("delete")
    .description("delete an OAuth app")
    .argument("<app>", "its id: see tenon oauth-apps list")
    .addHelpText("after", "\nExample:\n  $ tenon oauth-apps delete 019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e77")
    .action(async (id: string, _options: unknown, command: Command) => {
      const { client, output } = openSession(command);
      await client.oauthApps.remove(id);
      output.value({ id, deleted: true });
      output.line(`${output.paint("green", "✔")} Deleted ${id}.`);
    });
}
