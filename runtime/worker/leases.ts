import type { Database } from "#runtime/db/connect.ts";
import type { Logger } from "#runtime/log.ts";
import type { RunFeed } from "#runtime/runs/feed.ts";
import { LEASE_MS } from "#runtime/runs/limits.ts";
import { renewLeases } from "#runtime/runs/renew.ts";

/** Three chances to renew before a lease ends. */
const RENEW_MS = LEASE_MS / 3;

/** Why an attempt is stopped from outside. */
export type StopReason = "cancel" | "lease lost" | "shutdown";

/** One run in this worker's hands. */
export interface HeldRun {
  /** Aborted when the attempt must stop; `stopReason` says why. */
  readonly signal: AbortSignal;
  stopReason(): StopReason | null;
  release(): void;
}

/** Keeps the leases of the runs in hand, and hears who is asked to stop. */
export interface LeaseKeeper {
  hold(run: { readonly runId: string; readonly leaseToken: string }): HeldRun;
  /** Stops all attempts under way: their runs go back to the queue. */
  stopAll(reason: StopReason): void;
  close(): void;
}

interface Entry {
  readonly leaseToken: string;
  readonly controller: AbortController;
  reason: StopReason | null;
}

/** Starts renewing, in one statement for all runs in hand. */
export function createLeaseKeeper(parts: {
  readonly database: Database;
  readonly feed: RunFeed;
  readonly log: Logger;
}): LeaseKeeper {
  const held = new Map<string, Entry>();
  const stop = (runId: string, reason: StopReason): void => {
    const entry = held.get(runId);
    if (entry !== undefined && entry.reason === null) {
      entry.reason = reason;
      entry.controller.abort(reason);
    }
  };
  const renew = async (): Promise<void> => {
    const asked = [...held].map(([runId, { leaseToken }]) => ({ runId, leaseToken }));
    if (asked.length === 0) {
      return;
    }
    const renewed = new Map((await renewLeases(parts.database, asked)).map((run) => [run.runId, run]));
    for (const { runId, leaseToken } of asked) {
      const answer = renewed.get(runId);
      if (answer?.cancelRequested) {
        stop(runId, "cancel");
      } else if (answer === undefined && held.get(runId)?.leaseToken === leaseToken) {
        stop(runId, "lease lost");
      }
    }
  };
  const timer = setInterval(() => {
    renew().catch((error: unknown) => parts.log.warn({ error }, "leases were not renewed"));
  }, RENEW_MS);
  const unsubscribe = parts.feed.subscribeAll((event) => {
    if (event.kind === "cancel") {
      stop(event.runId, "cancel");
    }
  });
  return {
    hold: ({ runId, leaseToken }) => {
      const entry: Entry = { leaseToken, controller: new AbortController(), reason: null };
      held.set(runId, entry);
      return {
        signal: entry.controller.signal,
        stopReason: () => entry.reason,
        release: () => {
          if (held.get(runId) === entry) {
            held.delete(runId);
          }
        },
      };
    },
    stopAll: (reason) => {
      for (const runId of held.keys()) {
        stop(runId, reason);
      }
    },
    close: () => {
      clearInterval(timer);
      unsubscribe();
    },
  };
}
