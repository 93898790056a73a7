import type { Logger } from "#runtime/log.ts";
import { Assigned, type Wear } from "./assigned.ts";
import type { Lockdown, SandboxProcess } from "./process.ts";
import { Spare } from "./spare.ts";
import { WaitingLine } from "./waiting-line.ts";
import type { Waiting } from "./waiting-line.ts";

/** A place for one run in a process. */
export interface Lease {
  readonly process: SandboxProcess;
  /** The run is over. */
  release(): void;
  /** The process must not be used again: its neighbours get a moment, then it is killed. */
  poison(): void;
}

/** How long the neighbours of a culprit may go on. */
const NEIGHBOUR_GRACE_MS = 2_000;
/** How long others may wait while a busy organization goes on getting runs. */
const TURN_MS = 500;
/** How long they wait before processes beyond the limit are made: long runs must not shut others out. */
const OVERFLOW_MS = 2_000;
const OVERFLOW_FACTOR = 4;
/** How long an organization is known to compute without pause. */
const BUSY_MS = 30_000;
/** Hands out the sandbox processes: one organization each, a warm one in reserve. */
export class Fleet {
  readonly #limit: number;
  readonly #log: Logger;
  readonly #wear: Wear;
  readonly #assigned = new Set<Assigned>();
  readonly #line = new WaitingLine();
  readonly #spare: Spare;
  /** Organizations whose processes stepped back or were poisoned, and until when their next ones begin stepped back. */
  readonly #busy = new Map<string, number>();
  #tick: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: {
    readonly spawn: () => SandboxProcess;
    readonly limit: number;
    readonly wear: Wear;
    readonly log: Logger;
  }) {
    this.#limit = options.limit;
    this.#log = options.log;
    this.#wear = options.wear;
    this.#spare = new Spare({
      ...options,
      onReady: () => {
        this.#serve();
      },
    });
  }

  /** Starts the first process; what it reports holds for all. */
  async warmUp(): Promise<Lockdown> {
    return this.#spare.first();
  }

  /** A place for a run of that organization, as soon as there is one; null when the signal or the pool ends first. */
  async lease(
    organizationId: string,
    options: {
      readonly alone: boolean;
      readonly nested: boolean;
      readonly memoryMb: number;
      readonly signal: AbortSignal;
    },
  ): Promise<Lease | null> {
    const { promise, resolve } = Promise.withResolvers<Lease | null>();
    if (this.#closed || options.signal.aborted) {
      return null;
    }
    const { alone, nested, memoryMb } = options;
    const entry = { organizationId, alone, nested, memoryMb, since: Date.now(), grant: resolve };
    this.#line.add(entry);
    const giveUp = (): void => {
      this.#line.forget(entry);
      resolve(null);
    };
    options.signal.addEventListener("abort", giveUp, { once: true });
    this.#serve();
    try {
      return await promise;
    } finally {
      options.signal.removeEventListener("abort", giveUp);
    }
  }

  processes(): readonly {
    readonly pid: number;
    readonly organizationId: string | null;
    readonly runs: number;
  }[] {
    const assigned = [...this.#assigned].map(({ process, organizationId, runs }) => ({
      pid: process.pid,
      organizationId: organizationId as string | null,
      runs,
    }));
    const spare = this.#spare.process;
    return spare === null ? assigned : [...assigned, { pid: spare.pid, organizationId: null, runs: 0 }];
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#tick);
    this.#line.dismiss();
    for (const { process } of this.#assigned) {
      process.kill("killed");
    }
    await this.#spare.close();
  }

  /** One pass over the organizations in turn, as long as places are found. */
  #serve(): void {
    for (let granted = true; granted && !this.#closed;) {
      granted = false;
      for (const entry of this.#line.firsts()) {
        const place = this.#place(entry);
        if (place !== null) {
          this.#line.serve(entry);
          entry.grant(this.#leaseOf(place, entry.memoryMb * 1024 * 1024));
          granted = true;
        }
      }
    }
    this.#watchQueue();
  }

  #place(entry: Waiting): Assigned | null {
    const own = entry.alone ? undefined : this.#usable(entry);
    if (own !== undefined) {
      return own;
    }
    if (!entry.alone && this.#hasOwn(entry.organizationId)) {
      return null;
    }
    if (this.#spare.process === null) {
      this.#spare.prepare();
      return null;
    }
    if (this.#assigned.size >= this.#capacity(entry) && !this.#retireIdle(entry.organizationId)) {
      return null;
    }
    return this.#assignSpare(entry);
  }

  /** A run that another one waits for takes no turn from anybody: its parent keeps its place until it has ended. */
  #usable({ organizationId, nested }: Waiting): Assigned | undefined {
    return [...this.#assigned].find(
      (candidate) =>
        candidate.organizationId === organizationId &&
        candidate.serving &&
        (nested || (!candidate.full && !this.#mustYield(candidate))),
    );
  }

  /** A process of its own that is only full or in its neighbours' turn is waited for, not doubled. */
  #hasOwn(organizationId: string): boolean {
    return [...this.#assigned].some(
      (candidate) => candidate.organizationId === organizationId && candidate.serving,
    );
  }

  /** A busy process takes no more runs while others have waited a turn and there is no room for them. */
  #mustYield(candidate: Assigned): boolean {
    if (this.#assigned.size < this.#limit || candidate.runs === 0) {
      return false;
    }
    const now = Date.now();
    return this.#line.firsts().some((first) => {
      const foreign = first.organizationId !== candidate.organizationId;
      return foreign && now - first.since > TURN_MS && !this.#hasOwn(first.organizationId);
    });
  }

  #capacity(entry: Waiting): number {
    return Date.now() - entry.since > OVERFLOW_MS ? this.#limit * OVERFLOW_FACTOR : this.#limit;
  }

  /** Kills the idle process of another organization that was used the longest ago. */
  #retireIdle(organizationId: string): boolean {
    const [oldest] = [...this.#assigned]
      .filter((candidate) => candidate.runs === 0 && candidate.organizationId !== organizationId)
      .sort((a, b) => a.usedAt - b.usedAt);
    if (oldest === undefined) {
      return false;
    }
    this.#retire(oldest);
    return true;
  }

  #retire(assigned: Assigned): void {
    this.#assigned.delete(assigned);
    assigned.process.kill("killed");
  }

  #assignSpare(entry: Waiting): Assigned | null {
    const process = this.#spare.take();
    if (process === null) {
      return null;
    }
    const assigned = new Assigned(process, entry, this.#wear);
    this.#assigned.add(assigned);
    process.onGone = () => {
      this.#assigned.delete(assigned);
      this.#serve();
    };
    process.onStuck = () => {
      this.#poison(assigned);
    };
    process.onBusy = () => {
      this.#remember(entry.organizationId);
    };
    if ((this.#busy.get(entry.organizationId) ?? 0) > Date.now()) {
      process.stepBack();
    }
    return assigned;
  }

  #remember(organizationId: string): void {
    const now = Date.now();
    for (const [known, until] of this.#busy) {
      if (until < now) {
        this.#busy.delete(known);
      }
    }
    this.#busy.set(organizationId, now + BUSY_MS);
  }

  #leaseOf(assigned: Assigned, memoryBytes: number): Lease {
    assigned.enter(memoryBytes);
    return {
      process: assigned.process,
      release: () => {
        assigned.leave(memoryBytes);
        if (assigned.runs === 0) {
          void this.#rest(assigned);
        }
        this.#serve();
      },
      poison: () => {
        this.#poison(assigned);
      },
    };
  }

  /** Nothing runs in it: the moment to replace it, if that is due, and to see what it holds. */
  async #rest(assigned: Assigned): Promise<void> {
    assigned.whenIdle(() => {
      this.#retireIfIdle(assigned);
    });
    if (assigned.serving) {
      await assigned.process.weigh();
    }
    if (!assigned.serving) {
      this.#retireIfIdle(assigned);
    }
  }

  #retireIfIdle(assigned: Assigned): void {
    if (assigned.runs === 0) {
      this.#retire(assigned);
    }
  }

  #poison(assigned: Assigned): void {
    if (assigned.poisoned) {
      return;
    }
    assigned.poisoned = true;
    this.#remember(assigned.organizationId);
    this.#log.warn(
      { pid: assigned.process.pid },
      "A sandbox process was poisoned by a run and will be killed.",
    );
    if (assigned.process.runs === 0) {
      this.#retire(assigned);
      return;
    }
    setTimeout(() => {
      assigned.process.kill("killed");
    }, NEIGHBOUR_GRACE_MS).unref();
  }

  /** Turns and overflow are a matter of time: while somebody waits, time is looked at. */
  #watchQueue(): void {
    if (this.#line.empty || this.#closed) {
      clearInterval(this.#tick);
      this.#tick = undefined;
    } else {
      this.#tick ??= setInterval(() => {
        this.#serve();
      }, 100);
    }
  }
}
