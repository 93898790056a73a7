import type { Command } from "commander";
import { everyPage } from "#sdk/client.ts";
import { addOAuthAppSet } from "./oauth-apps-set.ts";
import { printable, table } from "./output.ts";
import { openSession } from "./session.ts";

/** `tenon oauth-apps …` */
export function addOAuthApps(root: Command): void {
  const apps = root
    .command("oauth-apps")
    .description("store the OAuth apps that you registered with providers");
  addList(apps);
  addOAuthAppSet(apps);
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
