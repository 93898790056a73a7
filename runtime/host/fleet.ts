import type { Logger } from "#runtime/log.ts";
import type { Lockdown, SandboxProcess } from "./process.ts";
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

/** A process that serves an organization; it will never serve another. */
interface Assigned {
  readonly process: SandboxProcess;
  readonly organizationId: string;
  /** For one suspect run only. */
  readonly alone: boolean;
  readonly since: number;
  runs: number;
  usedAt: number;
  idle: NodeJS.Timeout | undefined;
  poisoned: boolean;
}

/** Runs at a time in one process; more wait. */
const RUNS_PER_PROCESS = 64;
/** How long the neighbours of a culprit may go on. */
const NEIGHBOUR_GRACE_MS = 2_000;
/** How long others may wait while a busy organization goes on getting runs. */
const TURN_MS = 500;
/** How long they wait before processes beyond the limit are made: long runs must not shut others out. */
const OVERFLOW_MS = 2_000;
const OVERFLOW_FACTOR = 4;
/** A process that had nothing to do for this long gives its memory back. */
const IDLE_MS = 45_000;
/** Old processes are replaced when they are idle. */
const MAX_AGE_MS = 60 * 60_000;

/** Hands out the sandbox processes: one organization each, a warm one in reserve. */
export class Fleet {
  readonly #spawn: () => SandboxProcess;
  readonly #limit: number;
  readonly #log: Logger;
  readonly #assigned = new Set<Assigned>();
  readonly #line = new WaitingLine();
  #spare: SandboxProcess | null = null;
  #starting: Promise<void> | null = null;
  #tick: NodeJS.Timeout | undefined;
  #closed = false;
  #failedStarts = 0;

  constructor(options: {
    readonly spawn: () => SandboxProcess;
    readonly limit: number;
    readonly log: Logger;
  }) {
    this.#spawn = options.spawn;
    this.#limit = options.limit;
    this.#log = options.log;
  }

  /** Starts the first process; what it reports holds for all. */
  async warmUp(): Promise<Lockdown> {
    const process = this.#spawn();
    const lockdown = await process.lockdown;
    this.#keep(process);
    return lockdown;
  }

  /** A place for a run of that organization, as soon as there is one; null when the signal or the pool ends first. */
  async lease(
    organizationId: string,
    options: { readonly alone: boolean; readonly nested: boolean; readonly signal: AbortSignal },
  ): Promise<Lease | null> {
    const { promise, resolve } = Promise.withResolvers<Lease | null>();
    if (this.#closed || options.signal.aborted) {
      return null;
    }
    const { alone, nested } = options;
    const entry = { organizationId, alone, nested, since: Date.now(), grant: resolve };
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
    return this.#spare === null
      ? assigned
      : [...assigned, { pid: this.#spare.pid, organizationId: null, runs: 0 }];
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#tick);
    this.#line.dismiss();
    this.#spare?.kill("killed");
    for (const { process } of this.#assigned) {
      process.kill("killed");
    }
    await this.#starting?.catch(() => undefined);
    this.#spare?.kill("killed");
  }

  /** One pass over the organizations in turn, as long as places are found. */
  #serve(): void {
    for (let granted = true; granted && !this.#closed;) {
      granted = false;
      for (const entry of this.#line.firsts()) {
        const place = this.#place(entry);
        if (place !== null) {
          this.#line.serve(entry);
          entry.grant(this.#leaseOf(place));
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
    if (this.#spare === null) {
      this.#startSpare();
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
        !candidate.alone &&
        !candidate.poisoned &&
        (nested || (candidate.runs < RUNS_PER_PROCESS && !this.#mustYield(candidate))),
    );
  }

  /** A process of its own that is only full or in its neighbours' turn is waited for, not doubled. */
  #hasOwn(organizationId: string): boolean {
    return [...this.#assigned].some(
      (candidate) => candidate.organizationId === organizationId && !candidate.alone && !candidate.poisoned,
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

  #retireWhenIdle(assigned: Assigned): void {
    clearTimeout(assigned.idle);
    assigned.idle = setTimeout(() => {
      if (assigned.runs === 0) {
        this.#retire(assigned);
      }
    }, IDLE_MS).unref();
  }

  #retire(assigned: Assigned): void {
    this.#assigned.delete(assigned);
    assigned.process.kill("killed");
  }

  #assignSpare(entry: Waiting): Assigned | null {
    const process = this.#spare;
    this.#spare = null;
    this.#startSpare();
    if (process === null) {
      return null;
    }
    const now = Date.now();
    const { organizationId, alone } = entry;
    const assigned: Assigned = {
      process,
      organizationId,
      alone,
      since: now,
      runs: 0,
      usedAt: now,
      idle: undefined,
      poisoned: false,
    };
    this.#assigned.add(assigned);
    process.onGone = () => {
      this.#assigned.delete(assigned);
      this.#serve();
    };
    process.onStuck = () => {
      this.#poison(assigned);
    };
    return assigned;
  }

  #leaseOf(assigned: Assigned): Lease {
    assigned.runs += 1;
    assigned.usedAt = Date.now();
    return {
      process: assigned.process,
      release: () => {
        assigned.runs -= 1;
        assigned.usedAt = Date.now();
        const worn = assigned.alone || assigned.poisoned || Date.now() - assigned.since > MAX_AGE_MS;
        if (assigned.runs === 0 && worn) {
          this.#retire(assigned);
        } else if (assigned.runs === 0) {
          this.#retireWhenIdle(assigned);
        }
        this.#serve();
      },
      poison: () => {
        this.#poison(assigned);
      },
    };
  }

  #poison(assigned: Assigned): void {
    if (assigned.poisoned) {
      return;
    }
    assigned.poisoned = true;
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

  /** Makes the next spare, unless one is there or on its way. */
  #startSpare(): void {
    if (this.#closed || this.#spare !== null || this.#starting !== null) {
      return;
    }
    this.#starting = (async () => {
      const process = this.#spawn();
      try {
        await process.lockdown;
        this.#failedStarts = 0;
        this.#keep(process);
      } catch (error) {
        this.#failedStarts += 1;
        this.#log.error(
          { error: String(error) },
          "A sandbox process could not start; it will be tried again.",
        );
        await new Promise((resolve) => setTimeout(resolve, Math.min(10_000, 100 * 2 ** this.#failedStarts)));
      } finally {
        this.#starting = null;
        if (this.#spare === null) {
          this.#startSpare();
        }
        this.#serve();
      }
    })();
  }

  #keep(process: SandboxProcess): void {
    if (this.#closed) {
      process.kill("killed");
      return;
    }
    this.#spare = process;
    process.onGone = () => {
      if (this.#spare === process) {
        this.#spare = null;
        this.#startSpare();
      }
    };
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
