import type ivm from "isolated-vm";

/**
 * CPU time of one run, in milliseconds, slice by slice. isolated-vm tells the wall time of a slice, which on a crowded
 * machine is far more than it had: it cannot have had more than the whole process.
 */
export class CpuClock {
  readonly #isolate: ivm.Isolate;
  /** Of the slices that are over. */
  #pastMs = 0;
  /** What was told when the slice that is under way began. */
  #slice: { readonly isolateMs: number; readonly processMs: number } | null = null;

  constructor(isolate: ivm.Isolate) {
    this.#isolate = isolate;
  }

  /** A slice begins. */
  begin(): void {
    this.#slice = { isolateMs: isolateMs(this.#isolate), processMs: processMs() };
  }

  /** It is over. */
  rest(): void {
    this.#pastMs = this.usedMs();
    this.#slice = null;
  }

  /** What the run has used so far. */
  usedMs(): number {
    return this.#pastMs + this.sliceMs();
  }

  /** What the slice that is under way has used so far; 0 between slices. */
  sliceMs(): number {
    if (this.#slice === null) {
      return 0;
    }
    const toldMs = isolateMs(this.#isolate) - this.#slice.isolateMs;
    return Math.max(0, Math.min(toldMs, processMs() - this.#slice.processMs));
  }
}

function isolateMs(isolate: ivm.Isolate): number {
  return isolate.isDisposed ? 0 : Number(isolate.cpuTime) / 1e6;
}

/** CPU time of this process, all of its threads. */
function processMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
