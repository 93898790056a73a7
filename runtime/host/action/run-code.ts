import { ExchangeError } from "#runtime/egress/failure.ts";
import { TenonError, UnavailableError } from "#runtime/errors.ts";
import { newId } from "#runtime/ids.ts";
import type { Action } from "#sdk/connector/action.ts";
import type { RunConnection } from "../connection/run-connection.ts";
import type { Execution, Outcome } from "../execution.ts";
import { bundleModule } from "./bundle-module.ts";

/** Isolates that one run may have beside its own. */
const AT_ONCE = 4;
const WALL_MS = 5 * 60_000;

/** Runs the `code` actions that one run asks for, each in an isolate of its own with only that connection. */
export class CodeRunner {
  readonly #parent: Execution;
  readonly #signal: AbortSignal;
  readonly #execute: (execution: Execution) => Promise<Outcome>;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(parent: Execution, signal: AbortSignal, execute: (execution: Execution) => Promise<Outcome>) {
    this.#parent = parent;
    this.#signal = signal;
    this.#execute = execute;
  }

  readonly run = async (action: Action, connection: RunConnection, input: unknown): Promise<unknown> => {
    if (this.#parent.role === "action") {
      throw new TenonError(
        "TENON_ACTION_NESTED",
        "caller",
        400,
        "An action's code cannot call another action that is code.",
      );
    }
    const bundle = await bundleModule(action.code ?? "", "run");
    await this.#turn();
    try {
      this.#signal.throwIfAborted();
      const outcome = await this.#execute(this.#executionOf(bundle, connection, input));
      return resultOf(outcome, action, connection.alias);
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  };

  async #turn(): Promise<void> {
    if (this.#running >= AT_ONCE) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      this.#waiting.push(() => {
        resolve(undefined);
      });
      await promise;
    }
    this.#running += 1;
  }

  #executionOf(bundle: Execution["bundle"], connection: RunConnection, input: unknown): Execution {
    const { organizationId, facts, limits, onLog, onConnectionUse } = this.#parent;
    return {
      // Its own: what its code does to a process is not the parent's doing.
      runId: newId(),
      organizationId,
      role: "action",
      bundle,
      facts,
      input: JSON.stringify(input ?? null),
      headers: {},
      variables: {},
      secrets: [],
      connections: new Map([[connection.alias, connection.access]]),
      egress: [],
      limits: { ...limits, wallMs: Math.min(limits.wallMs, WALL_MS) },
      signal: this.#signal,
      onLog,
      onSecretUse: async () => {
        throw new Error("An action has no secrets.");
      },
      onConnectionUse,
    };
  }
}

function resultOf(outcome: Outcome, { slug }: Action, alias: string): unknown {
  switch (outcome.status) {
    case "completed":
      return JSON.parse(outcome.result) as unknown;
    case "failed":
    case "timeout": {
      const { code, reason, message, cause } = outcome.error;
      if (reason !== undefined) {
        throw new ExchangeError(
          `The action "${slug}" of "${alias}" failed: ${cause?.message ?? message}`,
          reason,
        );
      }
      throw new TenonError(
        code === "TENON_USER_ERROR" ? "TENON_ACTION_FAILED" : code,
        outcome.retryable ? "passing" : "caller",
        500,
        `The action "${slug}" of "${alias}" failed: ${message}`,
      );
    }
    case "cancelled":
      throw new DOMException("The run is over.", "AbortError");
    case "lost":
    default:
      throw new UnavailableError(`The action "${slug}" of "${alias}" was interrupted: ${outcome.reason}`);
  }
}
