import { type Bundles, ParseError } from "./bundles.ts";
import { CpuClock } from "./cpu-clock.ts";
import { CryptoJobs } from "./crypto/jobs.ts";
import { disposeOf } from "./dispose.ts";
import { disconnect, type FreshIsolate } from "./isolate.ts";
import { Outbox } from "./outbox.ts";
import { rejectionWarning } from "./rejection.ts";
import { Waking } from "./waking.ts";
import { type FromSandbox, MAX_POST_CHARS, type SandboxEnd } from "./wire.ts";

/** What a run may use, in milliseconds of CPU time. */
export interface RunLimits {
  readonly cpuSliceMs: number;
  readonly cpuTotalMs: number;
}

/** Where a run reports to. */
export interface RunPorts {
  readonly send: (frame: FromSandbox) => void;
  /** Called before `onEnd` when nothing of the run is left in its isolate, which is then not disposed of; null: never. */
  readonly keep: (() => void) | null;
  readonly onEnd: () => void;
}

/** isolated-vm's own timeout is the second lock, in wall time: the watchdog on CPU time comes first. */
const SLICE_WALL_FACTOR = 4;
const SLICE_WALL_MS = 10_000;
const TIMED_OUT = "Script execution timed out.";
/** What a completed run's last slice may still take, where its isolate is to be kept. */
const REST_MS = 250;
const POSTS_PER_WATCH = 1_024;
/** Log lines about promises that a run left rejected. */
const MAX_WARNINGS = 10;

/** One bundle in one isolate, from its first instruction to its disposal. */
export class Run {
  readonly id: number;
  readonly #fresh: FreshIsolate;
  readonly #limits: RunLimits;
  readonly #ports: RunPorts;
  readonly #crypto: CryptoJobs;
  readonly #clock: CpuClock;
  readonly #outbox: Outbox;
  readonly #waking: Waking;
  /** Calls into the isolate that have not come back. */
  #pending = 0;
  /** Host calls that were not answered yet. */
  #calls = 0;
  /** Whether something happened after which the isolate is not kept. */
  #blemished = false;
  #onRest: (() => void) | null = null;
  /** Makes use of what was compiled; null when that is known. */
  #season: (() => Promise<void>) | null = null;
  #warnings = 0;
  #posts = 0;
  #ended = false;

  constructor(id: number, fresh: FreshIsolate, limits: RunLimits, ports: RunPorts) {
    this.id = id;
    this.#fresh = fresh;
    this.#limits = limits;
    this.#ports = ports;
    this.#clock = new CpuClock(fresh.isolate);
    this.#outbox = new Outbox((texts) => {
      ports.send({ type: "posts", run: id, texts });
    });
    this.#waking = new Waking(() => {
      this.deliver("t");
    });
    this.#crypto = new CryptoJobs({
      reply: (text) => {
        this.deliver(text);
      },
      broken: (detail) => {
        this.#end("protocol", detail);
      },
    });
    fresh.receive = (text) => {
      this.#receive(text);
    };
    fresh.catastrophe = () => {
      this.#end("cpu", "");
      this.#ports.send({ type: "stuck", run: id });
    };
  }

  /** Hands the facts to the prelude, and the bundle where it is not loaded: its first slice begins. */
  async start(bundles: Bundles, hash: string, payload: string): Promise<void> {
    const { isolate, context } = this.#fresh;
    if (bundles.isNew(hash)) {
      this.#season = async () => bundles.season(isolate, hash);
    }
    this.deliver(payload);
    if (this.#fresh.loaded === hash) {
      return;
    }
    try {
      const script = await bundles.compile(isolate, hash);
      const kept = this.#ports.keep !== null;
      if (kept) {
        this.#fresh.shell.bundle = { hash, script };
      }
      await this.#enter(async (timeout) => await script.run(context, { timeout, release: !kept }));
    } catch (error) {
      if (error instanceof ParseError) {
        this.#end("parse", `${error.message}\n${String(error.cause)}`);
      } else {
        this.#entryFailed(error, false);
      }
    }
  }

  /** A reply or an event for the guest; nothing after the end. */
  deliver(text: string): void {
    if (this.#ended) {
      return;
    }
    if (text.startsWith("r") || text.startsWith("e")) {
      this.#calls -= 1;
    }
    this.#blemished ||= text.startsWith("a");
    void this.#enter(async (timeout) => {
      await this.#fresh.deliver.apply(undefined, [text], { timeout });
    });
  }

  /** CPU time, in milliseconds, since guest code was entered that has not come back; 0 when none is under way. */
  get sliceMs(): number {
    return this.#ended ? 0 : this.#clock.sliceMs();
  }

  /** Ends the run when it used more CPU time than it may. */
  watch(): void {
    if (this.#ended) {
      return;
    }
    const { isolate } = this.#fresh;
    if (isolate.isDisposed) {
      // isolated-vm gave it up for its memory; the call into it may never return.
      this.#end("memory", "");
      return;
    }
    if (this.#clock.usedMs() + this.#crypto.usedMs > this.#limits.cpuTotalMs) {
      this.#end("cpu", "total");
    } else if (this.#crypto.longestMs > this.#limits.cpuSliceMs) {
      this.#end("cpu", "slice");
    } else if (this.#clock.sliceMs() > this.#limits.cpuSliceMs) {
      this.#end("cpu", "slice");
    }
  }

  /** Ends the run because the worker says so. */
  stop(): void {
    this.#end("stopped", "");
  }

  /** Never rejects: what goes wrong ends the run, or is the guest's own affair. */
  async #enter(call: (timeout: number) => Promise<unknown>): Promise<void> {
    if (this.#pending === 0) {
      this.#clock.begin();
    }
    this.#pending += 1;
    const timeout = Math.ceil(Math.max(SLICE_WALL_MS, this.#limits.cpuSliceMs * SLICE_WALL_FACTOR));
    const startedAt = performance.now();
    try {
      await call(timeout);
    } catch (error) {
      this.#entryFailed(error, performance.now() - startedAt >= timeout);
    } finally {
      this.#pending -= 1;
      if (this.#pending === 0) {
        this.#clock.rest();
        this.#onRest?.();
      }
    }
  }

  /**
   * The prelude catches whatever guest code throws; what comes out here is isolated-vm's own word about the
   * isolate, or a promise that guest code left rejected, whose error may read like any such word.
   */
  #entryFailed(error: unknown, overdue: boolean): void {
    this.#blemished = true;
    if (this.#fresh.isolate.isDisposed) {
      this.#end("memory", "");
    } else if (overdue && error instanceof Error && error.message === TIMED_OUT) {
      this.#end("cpu", "slice");
    } else if (!this.#ended && this.#warnings < MAX_WARNINGS) {
      this.#warnings += 1;
      this.#receive(rejectionWarning(error));
    }
  }

  #receive(text: unknown): void {
    this.#posts += 1;
    if (this.#posts % POSTS_PER_WATCH === 0) {
      // Posts without pause starve the process's timers, and the watchdog with them.
      this.watch();
    }
    if (this.#ended) {
      return;
    }
    if (typeof text !== "string" || text.length > MAX_POST_CHARS) {
      this.#end("protocol", "posted something that is no text, or too long a text");
      return;
    }
    if (text.startsWith("t")) {
      this.#waking.after(Number(text.slice(1)));
      return;
    }
    if (text.startsWith("c")) {
      this.#calls += 1;
    }
    if (text.startsWith("k")) {
      this.#crypto.take(text.slice(1));
      return;
    }
    // The guest's last word: d(one) or f(ailed).
    if (text.startsWith("d") || text.startsWith("f")) {
      this.#blemished ||= text.startsWith("f");
      this.#outbox.hold(text);
      this.#end("settled", "");
    } else {
      this.#outbox.add(text);
    }
  }

  #end(end: SandboxEnd, detail: string): void {
    if (this.#ended) {
      return;
    }
    this.#ended = true;
    const clean = end === "settled" && this.#isClean();
    this.#crypto.close();
    this.#waking.forget();
    const { served } = this.#fresh;
    this.#ports.send({
      type: "ended",
      run: this.id,
      end,
      texts: this.#outbox.take(),
      detail: detail.slice(0, 20_000),
      cpuMs: this.#clock.usedMs() + this.#crypto.usedMs,
      ...(served === 0 ? {} : { served }),
    });
    if (clean) {
      this.#rest();
    } else {
      this.#dispose();
    }
  }

  /** Whether the isolate has a use yet, nothing is under way in it, and nothing happened but a completion. */
  #isClean(): boolean {
    const used = this.#ports.keep !== null || this.#season !== null;
    const waits = this.#calls !== 0 || this.#waking.expected || !this.#crypto.idle;
    return used && !this.#blemished && !waits;
  }

  /** Waits for the end of its last slice; isolated-vm then has no job of the run any more. */
  #rest(): void {
    const overdue = setTimeout(() => {
      this.#onRest = null;
      this.#dispose();
    }, REST_MS);
    this.#onRest = () => {
      this.#onRest = null;
      clearTimeout(overdue);
      void this.#useAgain();
    };
    if (this.#pending === 0) {
      this.#onRest();
    }
  }

  async #useAgain(): Promise<void> {
    const isFit = (): boolean => !this.#blemished && !this.#fresh.isolate.isDisposed;
    if (isFit()) {
      await this.#season?.();
    }
    if (this.#ports.keep !== null && isFit()) {
      this.#ports.keep();
      this.#ports.onEnd();
    } else {
      this.#dispose();
    }
  }

  #dispose(): void {
    disconnect(this.#fresh);
    disposeOf(this.#fresh.isolate, {
      isQuiet: () => this.#pending === 0,
      onDone: this.#ports.onEnd,
      onStuck: () => {
        this.#ports.send({ type: "stuck", run: this.id });
      },
    });
  }
}
