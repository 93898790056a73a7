import { readdirSync, readFileSync } from "node:fs";
import os from "node:os";

/** Of the time between two looks, so much must a thread have asked for to have computed all the while. */
const BUSY_PART = 0.9;
/** It may pause once in so much of a processor's time, in milliseconds, and still counts as one that does not. */
const BURST_MS = 50;
/** So much of it must it have got between two looks: who only waits for a processor computes nothing. */
const GOT_MS = 25;
/** Pauses are forgiven at this part of their length: a computation now and then is no attack. */
const FORGIVEN_PART = 0.1;
/** Having computed so long without a pause, in milliseconds, beyond the look that noticed it first, a process steps back. */
const STEP_BACK_MS = 200;
/** How much nicer it becomes: a tenth of the share of a process that did not step back. Less would starve its runs. */
const NICER = 10;
const NICEST = 19;

interface Thread {
  readonly usedMs: number;
  /** What it used of a processor, and what it waited for one: on a crowded machine nobody gets much. */
  readonly wantedMs: number;
  /** How often it had paused by itself, where it asked for all the time before; else null. */
  readonly pauses: number | null;
}

/**
 * Lets a sandbox process that computes without pause step back behind those that compute a little: the system then
 * serves the others first, and gives it all that they leave. It is no punishment: alone it is as fast as ever.
 * Many short runs are no computation without pause, however much they take together: between two of them, a thread waits.
 */
export class CpuWatch {
  readonly #folder: string;
  #threads: ReadonlyMap<string, Thread> = new Map();
  #at = 0;
  #unpausedMs = 0;
  #steppedBack = false;
  #busyAt = 0;

  constructor(pid: number) {
    this.#folder = `/proc/${String(pid)}/task`;
  }

  /** Begins to look, after nobody looked for a while. */
  begin(): void {
    this.#at = performance.now();
    this.#threads = new Map(
      threadsOf(this.#folder).map((name) => [name, { ...timesOf(this.#folder, name), pauses: null }]),
    );
  }

  /**
   * Looks at what it did since the last look; true when it steps back for that.
   *
   * @param sliceMs - By its own word: CPU time of its longest slice under way. Collecting garbage lets a thread pause
   *   that computes all the while. Whoever took it over can say less, and is seen by what its threads do.
   */
  look(sliceMs: number): boolean {
    const now = performance.now();
    const passedMs = now - this.#at;
    const before = this.#threads;
    this.#at = now;
    this.#threads = new Map(
      threadsOf(this.#folder).map((name) => {
        const times = timesOf(this.#folder, name);
        const isBusy =
          times.wantedMs - (before.get(name)?.wantedMs ?? times.wantedMs) >= BUSY_PART * passedMs;
        return [name, { ...times, pauses: isBusy ? pausesOf(this.#folder, name) : null }];
      }),
    );
    const unpaused =
      sliceMs >= BUSY_PART * passedMs ||
      [...this.#threads].some(([name, thread]) => computes(thread, before.get(name)));
    this.#unpausedMs = unpaused
      ? this.#unpausedMs + passedMs
      : Math.max(0, this.#unpausedMs - FORGIVEN_PART * passedMs);
    if (this.#unpausedMs < STEP_BACK_MS) {
      return false;
    }
    if (unpaused) {
      this.#busyAt = now;
    }
    if (this.#steppedBack) {
      return false;
    }
    this.stepBack();
    return true;
  }

  /** Milliseconds since it computed without pause, where it stepped back; else null. */
  get calmMs(): number | null {
    return this.#steppedBack ? performance.now() - this.#busyAt : null;
  }

  /** Every thread has a priority of its own, which those that it starts later inherit. There is no way back. */
  stepBack(): void {
    this.#steppedBack = true;
    this.#busyAt = performance.now();
    for (const thread of threadsOf(this.#folder)) {
      beNicer(Number(thread));
    }
  }
}

/** Whether a thread that asked for all the time in both looks hardly paused. */
function computes(now: Thread, before: Thread | undefined): boolean {
  if (now.pauses === null || before === undefined || before.pauses === null) {
    return false;
  }
  const usedMs = now.usedMs - before.usedMs;
  return usedMs >= GOT_MS && now.pauses - before.pauses <= usedMs / BURST_MS;
}

function beNicer(thread: number): void {
  try {
    os.setPriority(thread, Math.min(NICEST, os.getPriority() + NICER));
  } catch {
    // It has ended, or the system does not let us: then nobody steps back.
  }
}

/** A process's threads by proc(5). None where there is no such file system: then nobody steps back. */
function threadsOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** In nanoseconds in the file. 0 where the kernel keeps no such figures. */
function timesOf(folder: string, thread: string): Pick<Thread, "usedMs" | "wantedMs"> {
  const [used = "", waited = ""] = textOf(`${folder}/${thread}/schedstat`).split(" ");
  return { usedMs: Number(used) / 1e6, wantedMs: (Number(used) + Number(waited)) / 1e6 };
}

function pausesOf(folder: string, thread: string): number | null {
  const count = /^voluntary_ctxt_switches:\s*(\d+)/m.exec(textOf(`${folder}/${thread}/status`))?.[1];
  return count === undefined ? null : Number(count);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // The thread has ended.
    return "";
  }
}
