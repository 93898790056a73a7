import type ivm from "isolated-vm";

/**
 * CPU time of one run, in milliseconds. Of a slice that goes on, isolated-vm tells the wall time, which on a crowded
 * machine is far more than it had: it cannot have had more than the whole process.
 */
export class CpuClock {
  readonly #isolate: ivm.Isolate;
  /** What the isolate had used before this run. */
  readonly #beforeMs: number;
  #sliceStart: { readonly ms: number; readonly processMs: number } | null = null;

  constructor(isolate: ivm.Isolate) {
    this.#isolate = isolate;
    this.#beforeMs = cpuMs(isolate);
  }

  /** A slice begins. */
  begin(): void {
    this.#sliceStart = { ms: this.usedMs(), processMs: processMs() };
  }

  /** It is over. */
  rest(): void {
    this.#sliceStart = null;
  }

  /** What the run has used so far. */
  usedMs(): number {
    const toldMs = Math.max(0, cpuMs(this.#isolate) - this.#beforeMs);
    const slice = this.#sliceStart;
    return slice === null ? toldMs : Math.min(toldMs, slice.ms + processMs() - slice.processMs);
  }

  /** What the slice that is under way has used so far; 0 between slices. */
  sliceMs(): number {
    return this.#sliceStart === null ? 0 : this.usedMs() - this.#sliceStart.ms;
  }
}

function cpuMs(isolate: ivm.Isolate): number {
  return isolate.isDisposed ? 0 : Number(isolate.cpuTime) / 1e6;
}

/** CPU time of this process, all of its threads. */
function processMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
