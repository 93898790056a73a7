import type { Attempt, Run, RunEvent, RunFailure, TenonClient } from "#sdk/client.ts";
import { TenonApiError } from "#sdk/errors.ts";
import { duration, printable } from "./output.ts";
import type { Output } from "./output.ts";

const HOW = { failed: "failed", timeout: "timed out", lost: "was lost" } as const;

/** Tells of the attempts of a followed run that failed and were not its last, each of them once. */
export class FailedAttempts {
  readonly #client: TenonClient;
  readonly #output: Output;
  #told = 0;

  constructor(client: TenonClient, output: Output) {
    this.#client = client;
    this.#output = output;
  }

  /** Tells of those that an event shows to be over. The one that a run ended with is told with its outcome. */
  async tellBefore(event: RunEvent, runId: string): Promise<void> {
    if (event.type === "end") {
      await this.#tell(event.run);
    } else if (event.type === "log" ? event.log.attempt > this.#told + 1 : event.status === "queued") {
      await this.#tell(await this.#client.runs.get(runId));
    }
  }

  async #tell(run: Run): Promise<void> {
    const over = run.status === "queued" ? run.attempt : run.attempt - 1;
    if (over <= this.#told) {
      return;
    }
    const { data } = await this.#client.runs.attempts(run.id);
    for (const attempt of data.filter(({ number }) => number > this.#told && number <= over)) {
      await this.#show(run, attempt);
    }
    this.#told = over;
  }

  async #show(run: Run, attempt: Attempt): Promise<void> {
    const { number, status, error } = attempt;
    if (status !== "failed" && status !== "timeout" && status !== "lost") {
      return;
    }
    this.#output.value({ type: "attempt", attempt });
    const why = error === null ? "" : `: ${codeOf(error)}: ${printable(error.message).replaceAll("\n", " ")}`;
    const isWaiting = run.status === "queued" && number === run.attempt;
    const next = isWaiting ? await this.#nextTry(run, attempt) : "it was tried again";
    this.#output.line(
      `${this.#output.paint("yellow", "↻")} attempt ${String(number)} of ${String(run.maxAttempts)} ${HOW[status]}${why}; ${next}`,
    );
  }

  /** Of a key that may not read workflows, the waits between attempts are not known. */
  async #nextTry({ workflow, version }: Run, { number, status }: Attempt): Promise<string> {
    if (status === "lost") {
      return "next try at once";
    }
    try {
      const { manifest } = await this.#client.versions.get(workflow.slug, version);
      const { maxInterval, initialInterval, backoffCoefficient } = manifest.retry;
      const delay = Math.min(maxInterval, initialInterval * backoffCoefficient ** (number - 1));
      return `next try in ${duration(delay)}`;
    } catch (error) {
      if (error instanceof TenonApiError) {
        return "it is tried again";
      }
      throw error;
    }
  }
}

/** "fetch failed" says nothing, `ECONNREFUSED` says it all. */
function codeOf({ code, reason }: RunFailure): string {
  return reason === undefined ? code : `${code} (${printable(reason)})`;
}
