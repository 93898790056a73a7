import path from "node:path";
import type { Command } from "commander";
import { watchWorkflow } from "#sdk/bundle.ts";
import type { WatchResult } from "#sdk/bundle.ts";
import { findEntry } from "./entries.ts";
import { EXIT } from "./exit.ts";
import { reportFailure } from "./failure.ts";
import { followRun, showOutcome } from "./follow.ts";
import { readInput } from "./input.ts";
import type { InputOptions } from "./input.ts";
import { deploy, prepare } from "./publish.ts";
import { openSession } from "./session.ts";
import type { Session } from "./session.ts";
import { showDeployed } from "./show-deployed.ts";

interface DevOptions extends InputOptions {
  readonly env?: string;
  readonly customer?: string;
  readonly run?: boolean;
  readonly inspect?: boolean;
}

const EXAMPLES = `
Examples:
  $ tenon dev                                            the only file of src/workflows
  $ tenon dev src/workflows/hello.ts --input '{"name":"Ada"}'
  $ tenon dev src/workflows/sync.ts --input-file sample.json --customer acme
  $ tenon dev src/workflows/sync.ts --inspect            attach a debugger to each run

Every change is built, published and deployed to the development environment. With an input (or --run) the
workflow then runs, and its log is streamed. Errors are shown with their place; the next change tries again.
With --inspect each run waits for a debugger, on a Tenon of your own machine that was started with
TENON_INSPECT=9229 npm start: open chrome://inspect in Chrome, or attach to port 9229 in your editor.
Ctrl-C stops.`;

/** `tenon dev` */
export function addDev(root: Command): void {
  root
    .command("dev")
    .description("watch a workflow: build, publish, deploy and run it on every change")
    .argument("[entry]", "file of the workflow (default: the only one in src/workflows)")
    .option("-e, --env <environment>", "environment (default: development)")
    .option("-c, --customer <customer>", "customer that runs work for: slug or id")
    .option("-i, --input <json>", "run with this input after every change")
    .option("-f, --input-file <file>", "run with the input in this file, read anew each time")
    .option("-r, --run", "run after every change, without an input")
    .option("--inspect", "run after every change, and wait for a debugger before the first line")
    .addHelpText("after", EXAMPLES)
    .action(async (named: string | undefined, options: DevOptions, command: Command) => {
      const entry = findEntry(named);
      // A wrong input or key should say so now and not after the first change.
      const first = await readInput(options);
      const session = openSession(command);
      const { organization } = await session.client.apiKeys.current({ signal: session.signal });
      const environment = options.env ?? session.access.environment;
      await session.client.environments.get(environment);
      session.output.note(`Watching ${entry} for ${organization.name} in ${environment}. Ctrl-C stops.`);
      await watch(session, { ...options, entry, environment, input: () => inputAgain(options, first) });
    });
}

interface Watched {
  readonly entry: string;
  readonly environment: string;
  readonly customer?: string;
  readonly run?: boolean;
  readonly inspect?: boolean;
  readonly input: () => Promise<unknown>;
}

async function watch(session: Session, watched: Watched): Promise<void> {
  let turn = Promise.resolve();
  let current = new AbortController();
  const watcher = await watchWorkflow({ entry: watched.entry }, (result) => {
    // The newest build wins: watching the run of the one before ends, the run itself goes on.
    current.abort();
    const mine = new AbortController();
    current = mine;
    turn = turn.then(() =>
      mine.signal.aborted ? undefined : takeTurn(session, watched, result, mine.signal),
    );
  });
  await new Promise<void>((resolve) => {
    session.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  current.abort();
  await Promise.all([watcher.close(), turn]);
  session.output.note("Stopped.");
}

/** One build, from its result to the end of its run. Never throws: the next change is the next chance. */
async function takeTurn(
  session: Session,
  watched: Watched,
  result: WatchResult,
  signal: AbortSignal,
): Promise<void> {
  const { client, output } = session;
  try {
    if ("error" in result) {
      throw result.error;
    }
    const built = prepare(path.relative(process.cwd(), watched.entry) || watched.entry, result.bundle);
    const done = await deploy(client, built, watched.environment);
    output.value({ type: "deployed", ...done });
    showDeployed(output, built, done);
    await runOnce(session, watched, built.slug, signal);
  } catch (error) {
    if (signal.aborted) {
      return;
    }
    if (reportFailure(error, output.json) === EXIT.unreachable) {
      output.note("  Waiting for the next change.");
    }
  }
}

async function runOnce(
  session: Session,
  watched: Watched,
  workflow: string,
  signal: AbortSignal,
): Promise<void> {
  const { client, output } = session;
  const input = await watched.input();
  const inspect = watched.inspect === true;
  if (input === undefined && watched.run !== true && !inspect) {
    return;
  }
  const { environment, customer } = watched;
  const run = await client.runs.create(
    {
      workflow,
      environment,
      ...(customer === undefined ? {} : { customer }),
      ...(input === undefined ? {} : { input }),
      ...(inspect ? { inspect } : {}),
    },
    { wait: 0, signal },
  );
  if (inspect) {
    output.note(
      "  Waiting for a debugger: open chrome://inspect, or attach your editor. Then set breakpoints and resume.",
    );
    // A run that stands at a breakpoint would be in the way of the next one.
    signal.addEventListener("abort", () => void client.runs.cancel(run.id).catch(() => undefined), {
      once: true,
    });
  }
  const last = await followRun(client, run.id, { output, signal });
  output.value({ type: "end", run: last });
  showOutcome(output, last);
}

/** Standard input can be read only once; a file may have changed. */
function inputAgain(options: InputOptions, first: unknown): Promise<unknown> {
  const isFile = options.inputFile !== undefined && options.inputFile !== "-";
  return isFile ? readInput(options) : Promise.resolve(first);
}
