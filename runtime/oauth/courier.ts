import { refreshConnection } from "./refresh.ts";
import type { RefreshParts, RefreshRequest, RefreshResult } from "./refresh-parts.ts";

/** Makes the calls to token endpoints, one at a time for each connection, in a process that outlives whoever asked. */
export interface Courier {
  refresh(request: RefreshRequest): Promise<RefreshResult>;
  /** Waits for the calls under way, and ends the process. */
  close(): Promise<void>;
}

/** A courier inside this very process: for handlers that only a worker can run, and for tests. */
export function localCourier(parts: RefreshParts): Courier {
  const running = new Set<Promise<RefreshResult>>();
  return {
    refresh: async (request) => {
      const call = refreshConnection(parts, request);
      running.add(call);
      return call.finally(() => running.delete(call));
    },
    close: async () => {
      await Promise.allSettled(running);
    },
  };
}
