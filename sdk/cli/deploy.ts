import type { Command } from "commander";
import { TenonApiError } from "#sdk/client.ts";
import { findEntries } from "./entries.ts";
import { compareNeeds, printNeeds } from "./needs.ts";
import { buildEntry, deploy, liveDeployment } from "./publish.ts";
import type { Built } from "./publish.ts";
import { openSession } from "./session.ts";
import type { Session } from "./session.ts";
import { showDeployed } from "./show-deployed.ts";

interface DeployOptions {
  readonly env?: string;
  readonly dryRun?: boolean;
}

const EXAMPLES = `
Examples:
  $ tenon deploy                                   every file of src/workflows, to development
  $ tenon deploy src/workflows/hello.ts --env production
  $ tenon deploy --env production --dry-run        build, and show what would change

A version is published first: an immutable snapshot, the same again when nothing changed. What the new
version may reach beyond the one that was live is listed; read it before production.
To roll back, deploy an older version: POST /api/v1/workflows/<workflow>/deployments`;

/** `tenon deploy` */
export function addDeploy(root: Command): void {
  root
    .command("deploy")
    .description("build workflows, publish them, and put them live in an environment")
    .argument("[entry...]", "files of workflows (default: all in src/workflows)")
    .option("-e, --env <environment>", "where to put them live (default: development)")
    .option("--dry-run", "build only, and show what would change")
    .addHelpText("after", EXAMPLES)
    .action(async (entries: string[], options: DeployOptions, command: Command) => {
      const session = openSession(command);
      const environment = options.env ?? session.access.environment;
      // Everything has to build before anything is deployed.
      const built: Built[] = [];
      for (const entry of findEntries(entries)) {
        built.push(await buildEntry(entry));
      }
      const results = [];
      for (const one of built) {
        results.push(await (options.dryRun === true ? preview : putLive)(session, one, environment));
      }
      session.output.value({ dryRun: options.dryRun === true, workflows: results });
    });
}

async function putLive({ client, output }: Session, built: Built, environment: string): Promise<unknown> {
  const done = await deploy(client, built, environment);
  showDeployed(output, built, done);
  return { entry: built.entry, ...done };
}

async function preview({ client, output }: Session, built: Built, environment: string): Promise<unknown> {
  const live = await liveDeployment(client, built.slug, environment).catch((error: unknown) => {
    if (error instanceof TenonApiError && error.status === 404) {
      return null;
    }
    throw error;
  });
  const before = live === null ? null : (await client.versions.get(built.slug, live.version)).manifest.needs;
  const needs = built.local === null ? null : compareNeeds(before, built.local.needs);
  const bytes = Buffer.byteLength(built.bundle.code);
  const now = live === null ? "nothing is live there yet" : `v${String(live.version)} is live there`;
  output.line(
    `${output.paint("cyan", "○")} ${output.paint("bold", built.slug)} would be deployed to ${environment} (${now}; ${(bytes / 1024).toFixed(1)} KB)`,
  );
  printNeeds(output, needs ?? []);
  return {
    entry: built.entry,
    workflow: built.slug,
    environment,
    liveVersion: live?.version ?? null,
    bytes,
    needs,
  };
}
