import type { Database } from "#runtime/db/connect.ts";
import { asSystem } from "#runtime/db/tenant.ts";
import type { Logger } from "#runtime/log.ts";
import type { Courier } from "#runtime/oauth/courier.ts";
import { claimDue, groupOf } from "#runtime/oauth/due-claim.ts";
import type { DueCredential } from "#runtime/oauth/due-claim.ts";

const TICK_MS = 1_000;
const FORGET_MS = 3_600_000;
/** Renewals under way for one worker; and of one organization, and of one provider, so that slow ones leave room. */
const AT_ONCE = 128;
const AT_ONCE_PER_ORGANIZATION = 80;
const AT_ONCE_PER_PROVIDER = 64;
const BATCH = 32;
const JOURNAL_DAYS = 7;

/** What the background refresh works with. */
export interface RefresherParts {
  readonly database: Database;
  readonly courier: Courier;
  readonly log: Logger;
  readonly now: () => Date;
}

/** Renews what is due, in the background, for as long as the worker runs. All workers share the work by leases. */
export function startRefresh(parts: RefresherParts): { stop(): Promise<void> } {
  const refresher = new Refresher(parts);
  let running: Promise<void> = Promise.resolve();
  let stopped = false;
  const tick = (): void => {
    running = running.then(async () => (stopped ? undefined : refresher.tick()));
  };
  const ticking = setInterval(tick, TICK_MS);
  const forgetting = setInterval(() => {
    void forgetJournal(parts);
  }, FORGET_MS);
  refresher.onRoom = tick;
  return {
    stop: async () => {
      stopped = true;
      clearInterval(ticking);
      clearInterval(forgetting);
      await running;
    },
  };
}

/** Hands what is due to the courier, a bounded number at a time. */
export class Refresher {
  readonly #parts: RefresherParts;
  readonly #perGroup = new Map<string, number>();
  readonly #perOrganization = new Map<string, number>();
  readonly #running = new Set<Promise<void>>();
  #full = false;
  /** Called when there is room again for what was left waiting. */
  onRoom: () => void = () => undefined;

  constructor(parts: RefresherParts) {
    this.#parts = parts;
  }

  /** Claims and hands out until nothing is due or there is no room. Never throws: the next tick tries again. */
  async tick(): Promise<void> {
    try {
      for (;;) {
        const limit = Math.min(BATCH, AT_ONCE - this.#running.size);
        this.#full = limit <= 0;
        if (this.#full) {
          return;
        }
        const claimed = await claimDue(this.#parts.database, {
          now: this.#parts.now(),
          limit,
          except: full(this.#perGroup, AT_ONCE_PER_PROVIDER),
          exceptOrganizations: full(this.#perOrganization, AT_ONCE_PER_ORGANIZATION),
        });
        claimed.forEach((due) => {
          this.#hand(due);
        });
        if (claimed.length < limit) {
          return;
        }
      }
    } catch (error) {
      this.#parts.log.warn({ err: error }, "what is due could not be looked up; it is tried again");
    }
  }

  /** Resolves when nothing is under way. */
  async drained(): Promise<void> {
    while (this.#running.size > 0) {
      await Promise.all(this.#running);
    }
  }

  #hand(due: DueCredential): void {
    const { organizationId, connectionId, leaseToken } = due;
    const group = groupOf(due);
    add(this.#perGroup, group, 1);
    add(this.#perOrganization, organizationId, 1);
    const call = this.#parts.courier
      .refresh({ organizationId, connectionId, reason: "due", leaseToken })
      .then(
        () => undefined,
        (error: unknown) => {
          this.#parts.log.warn({ err: error, connectionId }, "a due renewal failed; it is tried again");
        },
      )
      .finally(() => {
        add(this.#perGroup, group, -1);
        add(this.#perOrganization, organizationId, -1);
        this.#release(call);
      });
    this.#running.add(call);
  }

  #release(call: Promise<void>): void {
    this.#running.delete(call);
    if (this.#full && this.#running.size <= AT_ONCE - BATCH) {
      this.#full = false;
      this.onRoom();
    }
  }
}

function add(counts: Map<string, number>, key: string, difference: number): void {
  const count = (counts.get(key) ?? 0) + difference;
  if (count === 0) {
    counts.delete(key);
  } else {
    counts.set(key, count);
  }
}

function full(counts: ReadonlyMap<string, number>, most: number): readonly string[] {
  return [...counts].filter(([, count]) => count >= most).map(([key]) => key);
}

/** The journal of finished calls is kept for a week. */
async function forgetJournal({ database, log }: RefresherParts): Promise<void> {
  try {
    await asSystem(database)`
      delete from refresh_journal where finished_at < now() - make_interval(days => ${JOURNAL_DAYS})`;
  } catch (error) {
    log.warn({ err: error }, "the journal of renewals was not cleared; it is tried again");
  }
}
