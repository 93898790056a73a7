import { z } from "zod";
import type { Database, DatabaseAccess } from "#runtime/db/connect.ts";
import { listen } from "#runtime/db/listen.ts";
import { asSystem } from "#runtime/db/tenant.ts";
import type { Logger } from "#runtime/log.ts";
import { isFinal, RUN_STATUSES } from "./status.ts";
import type { RunStatus } from "./status.ts";

/** The notification channel: ids and statuses only, never content. */
export const RUN_CHANNEL = "tenon_runs";
/** How long a final status is remembered for a waiter that comes late. */
const MEMORY_MS = 30_000;

/** Something happened to a run: its status changed, new log lines are stored, or it is asked to stop. */
export type RunEvent =
  | { readonly runId: string; readonly kind: "status"; readonly status: RunStatus }
  | { readonly runId: string; readonly kind: "logs" }
  | { readonly runId: string; readonly kind: "cancel" }
  | { readonly runId: string; readonly kind: "publication" };

const event = z.discriminatedUnion("kind", [
  z.strictObject({ runId: z.uuid(), kind: z.literal("status"), status: z.enum(RUN_STATUSES) }),
  z.strictObject({ runId: z.uuid(), kind: z.enum(["logs", "cancel", "publication"]) }),
]);
const events = z.array(event);

/** Live events of all runs, by PostgreSQL's LISTEN, whatever the queue's backend is. */
export interface RunFeed {
  /** Calls `listener` for each event of one run (or publication, by its id). Returns the way to stop. */
  subscribe(runId: string, listener: (event: RunEvent) => void): () => void;
  /** Calls `listener` for each event of any run. */
  subscribeAll(listener: (event: RunEvent) => void): () => void;
  /** Resolves true once the run is final, false when the time is over or `signal` is aborted. */
  waitFinished(
    runId: string,
    options: { readonly timeoutMs: number; readonly signal?: AbortSignal },
  ): Promise<boolean>;
  close(): Promise<void>;
}

/** Starts listening; resolves when events arrive. */
export async function createRunFeed(parts: {
  readonly database: Database;
  readonly access: DatabaseAccess;
  readonly log: Logger;
}): Promise<RunFeed> {
  const listeners = new Map<string, Set<(event: RunEvent) => void>>();
  const everyone = new Set<(event: RunEvent) => void>();
  const finished = new Map<string, number>();

  const dispatch = (happened: RunEvent): void => {
    if (happened.kind === "status" && isFinal(happened.status)) {
      remember(finished, happened.runId);
    }
    for (const listener of [...(listeners.get(happened.runId) ?? []), ...everyone]) {
      listener(happened);
    }
  };
  const onNotification = (payload: string): void => {
    const parsed = events.safeParse(safeJson(payload));
    if (!parsed.success) {
      parts.log.warn({ channel: RUN_CHANNEL }, "a notification was not understood");
      return;
    }
    parsed.data.forEach(dispatch);
  };
  // Called again after each reconnection: what was notified in between is looked up.
  const onListen = (): void => {
    lookUp(parts.database, [...listeners.keys()])
      .then((missed) => missed.forEach(dispatch))
      .catch((error: unknown) => parts.log.warn({ error }, "missed run events could not be looked up"));
  };
  const listening = await listen(parts.access, {
    channel: RUN_CHANNEL,
    onNotification,
    onListen,
    log: parts.log,
  });

  const subscribe = (runId: string, listener: (event: RunEvent) => void): (() => void) => {
    const set = listeners.get(runId) ?? new Set();
    listeners.set(runId, set.add(listener));
    return () => {
      set.delete(listener);
      if (set.size === 0) {
        listeners.delete(runId);
      }
    };
  };
  return {
    subscribe,
    subscribeAll: (listener) => {
      everyone.add(listener);
      return () => everyone.delete(listener);
    },
    waitFinished: async (runId, options) => {
      if (finished.has(runId)) {
        return true;
      }
      return waitForFinal(subscribe, runId, options);
    },
    close: async () => listening.close(),
  };
}

async function waitForFinal(
  subscribe: RunFeed["subscribe"],
  runId: string,
  options: { readonly timeoutMs: number; readonly signal?: AbortSignal },
): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (value: boolean): void => {
      clearTimeout(timer);
      stop();
      options.signal?.removeEventListener("abort", aborted);
      resolve(value);
    };
    const aborted = (): void => {
      end(false);
    };
    const timer = setTimeout(aborted, options.timeoutMs);
    const stop = subscribe(runId, (happened) => {
      if (happened.kind === "status" && isFinal(happened.status)) {
        end(true);
      }
    });
    options.signal?.addEventListener("abort", aborted);
    if (options.signal?.aborted) {
      end(false);
    }
  });
}

function remember(finished: Map<string, number>, runId: string): void {
  const now = Date.now();
  finished.set(runId, now);
  // Maps keep insertion order: the oldest are first, and forgetting them is amortized constant time.
  for (const [id, at] of finished) {
    if (now - at < MEMORY_MS) {
      break;
    }
    finished.delete(id);
  }
}

async function lookUp(database: Database, runIds: readonly string[]): Promise<RunEvent[]> {
  if (runIds.length === 0) {
    return [];
  }
  const rows = await asSystem(database)<{ id: string; status: RunStatus }[]>`
    select id, status from runs where id = any(${[...runIds]}::uuid[])`;
  return rows.flatMap(({ id, status }): RunEvent[] => [
    { runId: id, kind: "logs" },
    { runId: id, kind: "status", status },
  ]);
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
