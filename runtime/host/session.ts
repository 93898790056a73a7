import type { Egress, EgressSecret } from "#runtime/egress/fetch.ts";
import type { FromSandbox } from "#runtime/sandbox/wire.ts";
import { CodeRunner } from "./action/run-code.ts";
import { Blind } from "./blind.ts";
import type { CallBudget } from "./call-budget.ts";
import { CallDesk, CallLimitError, ProtocolError } from "./call-desk.ts";
import { ResponseStreams } from "./calls/streams.ts";
import type { ConnectionLimits } from "./connection/limits.ts";
import { RunConnection } from "./connection/run-connection.ts";
import { deathOutcome, endOutcome } from "./ending.ts";
import type { Execution, Outcome, Usage } from "./execution.ts";
import { Failures, runError } from "./failure.ts";
import { GrowingRedactor } from "./growing-redactor.ts";
import { LogBatch } from "./log-batch.ts";
import type { Death, RunListener, SandboxProcess } from "./process.ts";
import { startFrame } from "./start-frame.ts";

/** What a session needs besides its execution. */
export interface SessionParts {
  readonly egress: Egress;
  readonly mode: "run" | "describe";
  readonly pace: ConnectionLimits;
  /** Executes code that this run asked for, in an isolate of its own. */
  readonly execute: (execution: Execution) => Promise<Outcome>;
  /** What the run shares with the others of its process. Default: a budget of its own. */
  readonly calls?: CallBudget;
  /** Called when only the death of the process ends this run's isolate. */
  readonly poison: () => void;
}

/** What a session says to its process. */
type Channel = Pick<SandboxProcess, "start" | "send" | "release">;

const CANCEL_GRACE_MS = 1_000;
/** The guest hears of the time limit this long before it, at most a tenth of the limit. */
const TIMEOUT_NOTICE_MS = 1_000;
/** One for all: making it costs a stack trace, and every run ends. */
const OVER = new DOMException("The run is over.", "AbortError");
/** How long the process may take to say that it stopped a run. */
const STOP_MS = 1_000;

/** One attempt in a sandbox process, from the start frame to its outcome. */
export class Session implements RunListener {
  readonly memoryMb: number;
  readonly outcome: Promise<Outcome>;
  readonly #execution: Execution;
  readonly #parts: SessionParts;
  readonly #process: Channel;
  readonly #failures: Failures;
  readonly #redactor: GrowingRedactor;
  readonly #streams = new ResponseStreams();
  readonly #over = new AbortController();
  readonly #desk: CallDesk;
  readonly #logs: LogBatch;
  readonly #startedAt = performance.now();
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #settle: (outcome: Outcome) => void;
  #run = 0;
  #settled = false;
  /** Why the run is being stopped, once it is. */
  #stopping: "timeout" | "cancelled" | "lost" | null = null;

  constructor(execution: Execution, process: Channel, parts: SessionParts) {
    this.#execution = execution;
    this.#process = process;
    this.#parts = parts;
    this.memoryMb = execution.limits.memoryMb;
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    this.outcome = promise;
    this.#settle = resolve;
    this.#redactor = new GrowingRedactor(
      execution.secrets.map(({ name, value, reveal }) => ({
        value,
        replacement: `[secret:${name}]`,
        shown: reveal,
      })),
    );
    const blind = new Blind(execution.secrets);
    const learn = (secrets: readonly EgressSecret[], shown: string): void => {
      blind.learn(secrets);
      this.#redactor.learn(secrets.map(({ value }) => ({ value, replacement: shown })));
    };
    const code = new CodeRunner(execution, this.#over.signal, parts.execute);
    this.#failures = new Failures(execution.bundle.sourceMap, this.#redactor);
    const context = {
      execution,
      egress: ownWay(parts.egress, execution.organizationId),
      signal: this.#over.signal,
      blind,
      learn,
      streams: this.#streams,
      connections: new Map(
        [...execution.connections].map(([alias, access]) => [
          alias,
          new RunConnection(alias, access, { learn, onUse: execution.onConnectionUse }),
        ]),
      ),
      pace: parts.pace,
      runCode: code.run,
    };
    this.#desk = new CallDesk(
      context,
      (text) => {
        this.#deliver(text);
      },
      parts.calls,
    );
    this.#logs = new LogBatch({
      limits: execution.limits,
      redactor: this.#redactor,
      mapText: (text) => this.#failures.mapText(text),
      write: execution.onLog,
      onFailure: () => {
        this.#stop("lost");
      },
    });
  }

  /** Sends the run to the process and arms its clocks. */
  start(): void {
    const { limits, signal } = this.#execution;
    const { start, code } = startFrame(this.#execution, this.#parts.mode);
    this.#run = this.#process.start(this, start, code);
    const noticeMs = limits.wallMs - Math.min(TIMEOUT_NOTICE_MS, limits.wallMs / 10);
    this.#after(noticeMs, () => {
      this.#deliver("atimeout");
    });
    this.#after(limits.wallMs, () => {
      this.#stop("timeout");
    });
    if (signal.aborted) {
      this.#cancel();
    } else {
      signal.addEventListener("abort", this.#cancel, { once: true });
    }
  }

  /** What the process says about this run. */
  frame(frame: Extract<FromSandbox, { run: number }>): void {
    if (frame.type === "stuck") {
      return;
    }
    try {
      const word = this.#read(frame.texts);
      if (frame.type === "ended") {
        this.#ended(frame, word);
      } else if (word !== null) {
        throw new ProtocolError("a last word came without an end");
      }
    } catch (error) {
      if (error instanceof CallLimitError) {
        this.#saidTooMuch(error);
      } else {
        this.#protocolBroken(error);
      }
    }
  }

  /** The process is gone. */
  died(death: Death, alone: boolean): void {
    this.#finish(deathOutcome(death, { stopping: this.#stopping, alone, usage: this.#usage() }));
  }

  readonly #cancel = (): void => {
    this.#stopping ??= "cancelled";
    this.#deliver("acancelled");
    this.#after(CANCEL_GRACE_MS, () => {
      this.#stop("cancelled");
    });
  };

  /** Reads posted texts in order; the last word, if it is among them. */
  #read(texts: readonly string[]): string | null {
    let word: string | null = null;
    for (const text of texts) {
      if (word !== null) {
        throw new ProtocolError("something was said after the last word");
      }
      switch (text[0] ?? "") {
        case "c":
          this.#desk.take(text);
          break;
        case "l":
          this.#logs.add(text.slice(1));
          break;
        case "x":
          this.#logs.close();
          break;
        case "q":
          this.#streams.cancel(Number(text.slice(1)));
          break;
        case "d":
        case "f":
          word = text;
          break;
        default:
          throw new ProtocolError("a text of no known kind");
      }
    }
    return word;
  }

  #ended(frame: Extract<FromSandbox, { type: "ended" }>, word: string | null): void {
    const usage: Usage = { ...this.#usage(), cpuMs: frame.cpuMs };
    this.#finish(
      endOutcome(frame, word, {
        stopping: this.#stopping,
        late: performance.now() - this.#startedAt >= this.#execution.limits.wallMs * 0.9,
        limits: this.#execution.limits,
        failures: this.#failures,
        redactor: this.#redactor,
        usage,
      }),
    );
  }

  #protocolBroken(error: unknown): void {
    const detail = error instanceof ProtocolError ? error.message : "what the isolate sent cannot be read";
    this.#process.send({ type: "stop", run: this.#run });
    this.#parts.poison();
    const failed = runError(
      "TENON_PROTOCOL",
      `The run was ended because it broke the sandbox's protocol: ${detail}.`,
    );
    this.#finish({ status: "failed", error: failed, retryable: false, usage: this.#usage() });
  }

  /** Guest code can do that by itself: the isolate is ended, and its process goes on. */
  #saidTooMuch({ message }: CallLimitError): void {
    this.#process.send({ type: "stop", run: this.#run });
    const error = runError("TENON_CALL_LIMIT", message);
    this.#finish({ status: "failed", error, retryable: false, usage: this.#usage() });
  }

  /** The ladder's second step; when the process does not answer, the third. */
  #stop(why: "timeout" | "cancelled" | "lost"): void {
    if (this.#settled) {
      return;
    }
    this.#stopping ??= why;
    this.#process.send({ type: "stop", run: this.#run });
    this.#after(STOP_MS, () => {
      this.#parts.poison();
      this.died("unresponsive", false);
    });
  }

  #deliver(text: string): void {
    if (!this.#settled) {
      this.#process.send({ type: "deliver", run: this.#run, text });
    }
  }

  #after(milliseconds: number, act: () => void): void {
    this.#timers.push(setTimeout(act, Math.min(milliseconds, 2_147_483_647)));
  }

  #usage(): Usage {
    return { cpuMs: 0, wallMs: performance.now() - this.#startedAt };
  }

  #finish(outcome: Outcome): void {
    if (this.#settled) {
      return;
    }
    this.#settled = true;
    this.#process.release(this.#run);
    this.#execution.signal.removeEventListener("abort", this.#cancel);
    for (const timer of this.#timers) {
      clearTimeout(timer);
    }
    this.#over.abort(OVER);
    this.#streams.cancelAll();
    void this.#conclude(outcome);
  }

  async #conclude(outcome: Outcome): Promise<void> {
    await this.#logs.finish();
    const lost = this.#stopping === "lost" && outcome.status !== "cancelled";
    this.#settle(
      lost ? { status: "lost", reason: "The log could not be written.", usage: outcome.usage } : outcome,
    );
  }
}

/** The way out on connections that no other organization has. */
function ownWay(egress: Egress, tenant: string): Pick<Egress, "fetch"> {
  return { fetch: (request) => egress.fetch({ ...request, tenant }) };
}
