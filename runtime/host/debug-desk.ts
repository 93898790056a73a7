import type { Egress } from "#runtime/egress/fetch.ts";
import type { Logger } from "#runtime/log.ts";
import type { ConnectionLimits } from "./connection/limits.ts";
import { DebugProcess } from "./debug-process.ts";
import type { Execution, Outcome } from "./execution.ts";
import { runError } from "./failure.ts";
import { Session } from "./session.ts";

interface DebugParts {
  readonly prelude: string;
  /** Null: no run can be debugged here. */
  readonly port: number | null;
  readonly egress: Egress;
  readonly pace: ConnectionLimits;
  readonly log: Logger;
  /** Executes code that the run asks for, in the sandbox. */
  readonly perform: (execution: Execution, mode: "run", nested: boolean) => Promise<Outcome>;
}

/** Executes runs that a debugger looks into: one at a time, because there is one port for it. */
export class DebugDesk {
  readonly #parts: DebugParts;
  #running: DebugProcess | null = null;

  constructor(parts: DebugParts) {
    this.#parts = parts;
  }

  async execute(execution: Execution): Promise<Outcome> {
    const { prelude, port, egress, pace, log, perform } = this.#parts;
    if (port === null || execution.facts.environment.production) {
      return refused(
        "TENON_INSPECT_OFF",
        "Runs cannot be debugged here: TENON_INSPECT is not set, or the environment is a production one.",
      );
    }
    if (this.#running !== null) {
      return refused("TENON_INSPECT_BUSY", "Another run is being debugged; end or cancel that one first.");
    }
    const { workflow, id } = execution.facts.run;
    const child = new DebugProcess({ name: `${workflow}, run ${id}`, prelude, port, log });
    this.#running = child;
    const session = new Session(execution, child, {
      egress,
      pace,
      mode: "run",
      execute: async (inner) => perform(inner, "run", true),
      poison: () => {
        child.kill();
      },
    });
    session.start();
    const outcome = await session.outcome;
    await child.gone;
    this.#running = null;
    return outcome;
  }

  close(): void {
    this.#running?.kill();
  }
}

function refused(code: string, message: string): Outcome {
  return {
    status: "failed",
    error: runError(code, message),
    retryable: false,
    usage: { cpuMs: 0, wallMs: 0 },
  };
}
