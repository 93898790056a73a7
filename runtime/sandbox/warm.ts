import { type FreshIsolate, renewIsolate } from "./isolate.ts";

/** Runs that one isolate serves, and how long it lives, in milliseconds. */
const MAX_SERVED = 500;
const MAX_AGE_MS = 5 * 60_000;
/** Idle isolates of one process. */
const MAX_IDLE = 16;
const MB = 2 ** 20;
/** What a kept isolate may hold when its run is over, garbage included: this much, and this part of its limit. */
const MAX_HEAP_BYTES = 48 * MB;
const MAX_HEAP_PART = 0.5;
/** What all idle isolates may hold: far from where the worker calls the process too large. */
const MAX_IDLE_BYTES = 192 * MB;

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
  /** Isolates that get their next context just now, by key. */
  readonly #coming = new Map<string, Promise<void>>();

  /** An isolate that served that key before; null when there is none. */
  async take(key: string, memoryMb: number): Promise<FreshIsolate | null> {
    const found = this.#find(key, memoryMb);
    if (found !== null || !this.#coming.has(key)) {
      return found;
    }
    // Sooner there than a new one is made.
    await this.#coming.get(key);
    return this.#find(key, memoryMb);
  }

  /** Takes back an isolate whose run ended clean. Where that is not worth it, the isolate is disposed of. */
  async keep(key: string, used: FreshIsolate): Promise<void> {
    const kept = this.#renew(key, used);
    this.#coming.set(key, kept);
    await kept;
    if (this.#coming.get(key) === kept) {
      this.#coming.delete(key);
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

  /** Never rejects. */
  async #renew(key: string, used: FreshIsolate): Promise<void> {
    try {
      const worn = used.served + 1 >= MAX_SERVED || performance.now() - used.since > MAX_AGE_MS;
      const fresh = worn ? null : await renewIsolate(used);
      const bytes = fresh === null ? Infinity : await heldBytes(fresh);
      if (fresh === null || bytes > Math.min(MAX_HEAP_BYTES, fresh.memoryMb * MB * MAX_HEAP_PART)) {
        dispose(used);
        return;
      }
      this.#idle.push({ key, fresh, bytes });
      this.#makeRoom();
    } catch {
      // An isolate that cannot be renewed is one that is not clean.
      dispose(used);
    }
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
      dispose(idle.fresh);
    }
  }
}

async function heldBytes({ isolate }: FreshIsolate): Promise<number> {
  const { used_heap_size: heap, externally_allocated_size: external } = await isolate.getHeapStatistics();
  return heap + external;
}

function dispose({ isolate }: FreshIsolate): void {
  if (!isolate.isDisposed) {
    isolate.dispose();
  }
}
