import type { LogLine, Run, RunEvent, RunFailure, TenonClient } from "#sdk/client.ts";
import { CliError } from "./exit.ts";
import { FailedAttempts } from "./failed-attempts.ts";
import { duration, printable } from "./output.ts";
import type { Output } from "./output.ts";

/**
 * Shows a run's events as they happen, and gives the finished run. Interrupted, the run goes on without us.
 *
 * @throws CliError when interrupted
 */
export async function followRun(
  client: TenonClient,
  runId: string,
  options: { readonly output: Output; readonly signal: AbortSignal; readonly quiet?: boolean },
): Promise<Run> {
  const { output, signal, quiet = false } = options;
  const attempts = new FailedAttempts(client, output);
  try {
    for await (const event of client.runs.events(runId, { signal })) {
      if (!quiet) {
        await attempts.tellBefore(event, runId);
      }
      if (event.type === "end") {
        return event.run;
      }
      if (!quiet) {
        showEvent(output, event);
      }
    }
  } catch (error) {
    if (signal.aborted) {
      throw new CliError(`Stopped watching. The run ${runId} goes on.`, {
        code: "TENON_INTERRUPTED",
        hint: `tenon logs ${runId} -f`,
      });
    }
    throw error;
  }
  return client.runs.get(runId);
}

function showEvent(output: Output, event: RunEvent): void {
  output.value(event);
  if (event.type === "log") {
    showLogLine(output, event.log);
  }
}

const STYLES = { debug: "dim", info: "cyan", warn: "yellow", error: "red" } as const;

/** One line of log: time, level, message, data. */
export function showLogLine(output: Output, line: LogLine): void {
  const time = output.paint("dim", line.at.slice(11, 23));
  const level = output.paint(STYLES[line.level], line.level.padEnd(5));
  const data =
    line.data === null || line.data === undefined
      ? ""
      : ` ${output.paint("dim", printable(JSON.stringify(line.data)))}`;
  output.line(`${time} ${level} ${printable(line.message)}${data}`);
}

/** The end of a run: its result or its error, and how long it took. */
export function showOutcome(output: Output, run: Run): void {
  const took = run.durationMs === null ? "" : ` in ${duration(run.durationMs)}`;
  const attempts = run.attempt > 1 ? `, attempt ${String(run.attempt)} of ${String(run.maxAttempts)}` : "";
  const isGood = run.status === "completed";
  const mark = output.paint(isGood ? "green" : "red", isGood ? "✔" : "✖");
  output.line(
    `${mark} ${run.workflow.slug} v${String(run.version)} ${run.status}${took}${attempts}  ${output.paint("dim", run.id)}`,
  );
  if (isGood) {
    output.line(printable(JSON.stringify(run.result, null, 2)));
  }
  if (run.error !== null) {
    showError(output, run.error);
  }
}

/** @param why - What it is to the error before it, such as its cause. */
function showError(output: Output, error: RunFailure, why = ""): void {
  const { location = null, stack = null, cause = null, errors = [] } = error;
  const where =
    location === null
      ? ""
      : `  ${output.paint("cyan", `${location.file}:${String(location.line)}:${String(location.column)}`)}`;
  output.line(
    `  ${why}${output.paint("red", `${printable(error.name)}: ${printable(error.message)}`)}${where}`,
  );
  if (why === "") {
    output.line(`  ${output.paint("dim", error.code)}`);
  }
  if (stack !== null) {
    output.line(output.paint("dim", printable(stack)));
  }
  if (cause !== null) {
    showError(output, cause, "caused by ");
  }
  for (const one of errors) {
    showError(output, one, "among them ");
  }
}
