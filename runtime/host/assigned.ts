import type { SandboxProcess } from "./process.ts";
import type { Waiting } from "./waiting-line.ts";

/** When a process is worn: it takes no more runs, and is replaced once those in it have ended. */
export interface Wear {
  /** Since it began to serve, in milliseconds. */
  readonly maxAgeMs: number;
  /** Of its resident set when nothing runs, in bytes: native memory that no heap limit sees is never given back. */
  readonly maxIdleBytes: number;
}

/** Runs at a time in one process; more wait. */
const RUNS_PER_PROCESS = 64;
/** Of a process that stepped back behind the others. */
const CALM_MS = 30_000;
/** A process that had nothing to do for this long gives its memory back. */
const IDLE_MS = 45_000;

/** A process that serves an organization; it will never serve another. */
export class Assigned {
  readonly process: SandboxProcess;
  readonly organizationId: string;
  /** For one suspect run only. */
  readonly alone: boolean;
  readonly #wear: Wear;
  readonly #since = Date.now();
  /** Memory that the runs in it may have. */
  #granted = 0;
  #runs = 0;
  #usedAt = Date.now();
  #idle: NodeJS.Timeout | undefined;
  poisoned = false;

  constructor(process: SandboxProcess, entry: Waiting, wear: Wear) {
    this.process = process;
    this.organizationId = entry.organizationId;
    this.alone = entry.alone;
    this.#wear = wear;
  }

  get runs(): number {
    return this.#runs;
  }

  get usedAt(): number {
    return this.#usedAt;
  }

  get full(): boolean {
    return this.#runs >= RUNS_PER_PROCESS;
  }

  /** Whether runs of its organization go to it, at once or when it has room. */
  get serving(): boolean {
    return !this.alone && !this.poisoned && !this.worn;
  }

  get worn(): boolean {
    const { maxAgeMs, maxIdleBytes } = this.#wear;
    return (
      Date.now() - this.#since > maxAgeMs ||
      this.process.weight > maxIdleBytes + this.#granted ||
      // There is no way back for it, but one for its organization: the next process.
      (this.process.calmMs ?? 0) > CALM_MS
    );
  }

  /** A run starts. */
  enter(memoryBytes: number): void {
    this.#runs += 1;
    this.#granted += memoryBytes;
    this.#usedAt = Date.now();
    clearTimeout(this.#idle);
  }

  /** A run has ended. */
  leave(memoryBytes: number): void {
    this.#runs -= 1;
    this.#granted -= memoryBytes;
    this.#usedAt = Date.now();
  }

  /** Calls back when nothing ran in it for a while. */
  whenIdle(act: () => void): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(act, IDLE_MS).unref();
  }
}
