import type { Lease } from "./fleet.ts";

/** A run that waits for a place in a process. */
export interface Waiting {
  readonly organizationId: string;
  /** It must be the only run of its process. */
  readonly alone: boolean;
  /** Another run of the same organization waits for it. */
  readonly nested: boolean;
  /** What its isolate may have. */
  readonly memoryMb: number;
  readonly since: number;
  readonly grant: (lease: Lease | null) => void;
}

/** Waiting runs, by organization: one organization's long queue never stands in front of another's. */
export class WaitingLine {
  readonly #queues = new Map<string, Waiting[]>();

  get empty(): boolean {
    return this.#queues.size === 0;
  }

  add(entry: Waiting): void {
    const queue = this.#queues.get(entry.organizationId) ?? [];
    queue.push(entry);
    this.#queues.set(entry.organizationId, queue);
  }

  forget(entry: Waiting): void {
    const queue = this.#queues.get(entry.organizationId) ?? [];
    const rest = queue.filter((candidate) => candidate !== entry);
    if (rest.length === 0) {
      this.#queues.delete(entry.organizationId);
    } else {
      this.#queues.set(entry.organizationId, rest);
    }
  }

  /** Each organization's first run; those that were served longest ago come first. */
  firsts(): Waiting[] {
    return [...this.#queues.values()].flatMap((queue) => queue.slice(0, 1));
  }

  /** Takes an organization's first run out; the organization goes to the end of the line. */
  serve(entry: Waiting): void {
    const queue = (this.#queues.get(entry.organizationId) ?? []).slice(1);
    this.#queues.delete(entry.organizationId);
    if (queue.length > 0) {
      this.#queues.set(entry.organizationId, queue);
    }
  }

  /** Ends the line: nobody gets a place any more. */
  dismiss(): void {
    for (const queue of this.#queues.values()) {
      for (const entry of queue) {
        entry.grant(null);
      }
    }
    this.#queues.clear();
  }
}
