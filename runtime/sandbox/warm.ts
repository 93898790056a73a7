import { disconnect, type FreshIsolate, renewIsolate } from "./isolate.ts";
import { WarmLine } from "./warm-line.ts";

/** Runs that one isolate serves, and how long it lives, in milliseconds. */
const MAX_SERVED = 500;
const MAX_AGE_MS = 5 * 60_000;
/** Idle isolates of one process. */
const MAX_IDLE = 16;
const MB = 2 ** 20;
/** What a kept isolate may hold when its run is over, garbage included: this much, and this part of its limit. */
const MAX_HEAP_BYTES = 48 * MB;
const MAX_HEAP_PART = 0.5;
/** What all idle isolates may hold: with the rest of the process, less than what it is replaced for. */
const MAX_IDLE_BYTES = 96 * MB;

interface Idle {
  readonly key: string;
  readonly fresh: FreshIsolate;
  readonly bytes: number;
}

/**
 * Isolates that ended a run clean and wait for the next run of the same key, each with a context that nobody's
 * code has touched. The key is the worker's word and opaque here; no isolate ever answers to a second one.
 */
export class WarmIsolates {
  /** The least recently used first. */
  #idle: Idle[] = [];
  readonly #lines = new Map<string, WarmLine>();

  /** An isolate that served that key before; null when a new one is to be made. */
  async take(key: string, memoryMb: number): Promise<FreshIsolate | null> {
    const found = this.#find(key, memoryMb);
    const line = this.#lineOf(key);
    if (found !== null) {
      line.begin();
      return found;
    }
    const next = await line.wait();
    if (next !== null && next.memoryMb !== memoryMb) {
      discard(next);
      return null;
    }
    return next;
  }

  /** A run of that key ended, and its isolate is not kept. */
  gone(key: string): void {
    this.#lineOf(key).gone();
    this.#forget(key);
  }

  /** Takes back an isolate whose run ended clean. Where that is not worth it, the isolate is disposed of. */
  keep(key: string, used: FreshIsolate): void {
    const line = this.#lineOf(key);
    const kept = this.#renew(used);
    if (kept === null) {
      line.gone();
    } else if (!line.back(kept.fresh)) {
      this.#idle.push({ key, ...kept });
      this.#makeRoom();
    }
    this.#forget(key);
  }

  #lineOf(key: string): WarmLine {
    const line = this.#lines.get(key) ?? new WarmLine();
    this.#lines.set(key, line);
    return line;
  }

  #forget(key: string): void {
    if (this.#lines.get(key)?.isEmpty === true) {
      this.#lines.delete(key);
    }
  }

  #find(key: string, memoryMb: number): FreshIsolate | null {
    this.#dropUnfit();
    const index = this.#idle.findLastIndex(
      ({ key: kept, fresh }) => kept === key && fresh.memoryMb === memoryMb,
    );
    const [found] = index === -1 ? [] : this.#idle.splice(index, 1);
    if (found === undefined && this.#idle.length === MAX_IDLE) {
      // Others want the room: what is made now will come back here.
      this.#drop(this.#idle.shift());
    }
    return found?.fresh ?? null;
  }

  /** The isolate with its next context, and what it holds; null: disposed of. Never throws. */
  #renew(used: FreshIsolate): Omit<Idle, "key"> | null {
    try {
      const worn = used.served + 1 >= MAX_SERVED || performance.now() - used.since > MAX_AGE_MS;
      const bytes = heldBytes(used);
      if (!worn && bytes <= Math.min(MAX_HEAP_BYTES, used.memoryMb * MB * MAX_HEAP_PART)) {
        return { fresh: renewIsolate(used), bytes };
      }
    } catch {
      // An isolate that cannot be renewed is one that is not clean.
    }
    discard(used);
    return null;
  }

  #makeRoom(): void {
    this.#dropUnfit();
    let bytes = this.#idle.reduce((sum, idle) => sum + idle.bytes, 0);
    while (this.#idle.length > MAX_IDLE || bytes > MAX_IDLE_BYTES) {
      const oldest = this.#idle.shift();
      bytes -= oldest?.bytes ?? 0;
      this.#drop(oldest);
    }
  }

  #dropUnfit(): void {
    const now = performance.now();
    const fit = ({ fresh }: Idle): boolean => !fresh.isolate.isDisposed && now - fresh.since <= MAX_AGE_MS;
    for (const idle of this.#idle.filter((one) => !fit(one))) {
      this.#drop(idle);
    }
    this.#idle = this.#idle.filter(fit);
  }

  #drop(idle: Idle | undefined): void {
    if (idle !== undefined) {
      discard(idle.fresh);
    }
  }
}

function heldBytes({ isolate }: FreshIsolate): number {
  const { used_heap_size: heap, externally_allocated_size: external } = isolate.getHeapStatisticsSync();
  return heap + external;
}

/** Disposes of an isolate in which nothing is under way. */
export function discard(fresh: FreshIsolate): void {
  disconnect(fresh);
  if (!fresh.isolate.isDisposed) {
    fresh.isolate.dispose();
  }
}
