import type { Command } from "commander";
import type { Run } from "#sdk/client.ts";
import { CliError, usageError } from "./exit.ts";
import { followRun, showOutcome } from "./follow.ts";
import { readInput } from "./input.ts";
import type { InputOptions } from "./input.ts";
import { openSession } from "./session.ts";
import type { Session } from "./session.ts";

interface RunOptions extends InputOptions {
  readonly env?: string;
  readonly customer?: string;
  readonly useVersion?: string;
  readonly idempotencyKey?: string;
  readonly watch?: boolean;
  readonly wait?: boolean;
}

const EXAMPLES = `
Examples:
  $ tenon run hello --input '{"name":"Ada"}' --watch      stream the log, then show the result
  $ tenon run sync-invoice --input-file invoice.json --customer acme --wait
  $ jq .order webhook.json | tenon run fulfil --input - --env production
  $ tenon run hello --wait --json | jq .result

Exit code 1 when the run was waited for and did not complete.`;

/** `tenon run` */
export function addRun(root: Command): void {
  root
    .command("run")
    .description("start a run of a deployed workflow")
    .argument("<workflow>", "slug or id")
    .option("-e, --env <environment>", "environment (default: development)")
    .option("-c, --customer <customer>", "customer that the run works for: slug or id")
    .option("-i, --input <json>", "input as JSON; - reads standard input")
    .option("-f, --input-file <file>", "file with the input as JSON")
    .option("--use-version <number>", "this version instead of the live one")
    .option("--idempotency-key <key>", "the same key again starts no second run")
    .option("-w, --watch", "stream the log until the run has finished")
    .option("--wait", "wait until the run has finished")
    .addHelpText("after", EXAMPLES)
    .action(async (workflow: string, options: RunOptions, command: Command) => {
      const input = await readInput(options);
      const session = openSession(command);
      const run = await startRun(session, options, { workflow, input });
      await (options.watch === true || options.wait === true
        ? untilFinished(session, run, options.watch === true)
        : report(session, run));
    });
}

/** Starts a run as the options say. */
async function startRun(
  { client, access, signal }: Session,
  options: RunOptions,
  { workflow, input }: { readonly workflow: string; readonly input: unknown },
): Promise<Run> {
  const { customer, idempotencyKey } = options;
  return client.runs.create(
    {
      workflow,
      environment: options.env ?? access.environment,
      ...(customer === undefined ? {} : { customer }),
      ...(input === undefined ? {} : { input }),
      ...(options.useVersion === undefined ? {} : { version: versionNumber(options.useVersion) }),
    },
    {
      signal,
      // Watching begins at once; only a plain start of an instant run waits for its result.
      ...(options.watch === true ? { wait: 0 } : {}),
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    },
  );
}

function versionNumber(text: string): number {
  if (!/^v?[1-9]\d*$/.test(text)) {
    throw usageError(`"${text}" is no version: give its number, as in --use-version 3.`);
  }
  return Number(text.replace("v", ""));
}

async function untilFinished({ client, output, signal }: Session, run: Run, watch: boolean): Promise<void> {
  const isFinished = run.finishedAt !== null;
  const last =
    isFinished && !watch ? run : await followRun(client, run.id, { output, signal, quiet: !watch });
  output.value(watch ? { type: "end", run: last } : last);
  showOutcome(output, last);
  failUnlessCompleted(last);
}

async function report({ output }: Session, run: Run): Promise<void> {
  output.value(run);
  if (run.finishedAt !== null) {
    showOutcome(output, run);
    failUnlessCompleted(run);
    return;
  }
  output.line(
    `${output.paint("cyan", "○")} ${run.workflow.slug} v${String(run.version)} ${run.status}  ${run.id}`,
  );
  output.note(`  Follow it: tenon logs ${run.id} -f`);
}

/** The outcome is shown already: this makes the exit code, and the error document of `--json`. */
function failUnlessCompleted(run: Run): void {
  if (run.status !== "completed") {
    throw new CliError(`The run ended as ${run.status}.`, {
      code: run.error?.code ?? "TENON_RUN_FAILED",
      isShown: true,
    });
  }
}
