import { Option } from "commander";
import type { Command } from "commander";
import type { RunStatus, RunSummary } from "#sdk/client.ts";
import { usageError } from "./exit.ts";
import { table } from "./output.ts";
import { openSession } from "./session.ts";

interface ListOptions {
  readonly workflow?: string;
  readonly env?: string;
  readonly customer?: string;
  readonly status?: RunStatus;
  readonly limit: string;
}

const EXAMPLES = `
Examples:
  $ tenon runs list --status failed --env production
  $ tenon runs list --workflow hello --limit 5 --json | jq -r '.data[].id'`;

/** `tenon runs …` */
export function addRuns(root: Command): void {
  root
    .command("runs")
    .description("look at runs")
    .command("list")
    .description("list runs, newest first")
    .option("-e, --env <environment>", "only in this environment")
    .option("--workflow <workflow>", "only of this workflow")
    .option("-c, --customer <customer>", "only for this customer")
    .addOption(
      new Option("-s, --status <status>", "only with this status").choices([
        "queued",
        "running",
        "completed",
        "failed",
        "timeout",
        "cancelled",
      ]),
    )
    .option("-n, --limit <number>", "how many, 1 to 100", "20")
    .addHelpText("after", EXAMPLES)
    .action(async (options: ListOptions, command: Command) => {
      const { env, limit, ...filters } = options;
      if (!/^([1-9]\d?|100)$/.test(limit)) {
        throw usageError(`--limit must be between 1 and 100, and not "${limit}".`);
      }
      const { client, output } = openSession(command);
      const page = await client.runs.list({
        ...filters,
        limit: Number(limit),
        ...(env === undefined ? {} : { environment: env }),
      });
      output.value(page);
      output.line(
        page.data.length === 0 ? "There are no such runs." : table([HEADER, ...page.data.map(row)]),
      );
    });
}

const HEADER = ["RUN", "WORKFLOW", "ENVIRONMENT", "CUSTOMER", "STATUS", "TOOK", "STARTED"];

function row(run: RunSummary): string[] {
  return [
    run.id,
    `${run.workflow.slug} v${String(run.version)}`,
    run.environment.slug,
    run.customer?.slug ?? "-",
    run.status,
    run.durationMs === null ? "-" : `${String(Math.round(run.durationMs))} ms`,
    run.createdAt,
  ];
}
