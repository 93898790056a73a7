import { createParser } from "eventsource-parser";
import type { EventSourceMessage } from "eventsource-parser";
import type { Product } from "./product.ts";

/** A run's event stream, read as a browser would. */
export interface EventReader {
  readonly status: number;
  /** What arrived so far. */
  readonly seen: readonly EventSourceMessage[];
  /** Reads on until an event fits, or the stream ends (then null). */
  until(fits: (message: EventSourceMessage) => boolean): Promise<EventSourceMessage | null>;
  /** Hangs up. */
  close(): Promise<void>;
}

/** Opens the event stream of a run; `after` is sent as `Last-Event-ID`. */
export async function openEvents(
  product: Pick<Product, "url" | "apiKey">,
  runId: string,
  after?: string,
): Promise<EventReader> {
  const response = await fetch(`${product.url}/api/v1/runs/${runId}/events`, {
    headers: {
      authorization: `Bearer ${product.apiKey}`,
      ...(after === undefined ? {} : { "last-event-id": after }),
    },
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const seen: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (message) => seen.push(message) });
  let looked = 0;
  return {
    status: response.status,
    seen,
    until: async (fits) => {
      for (;;) {
        const found = seen.slice(looked).find(fits);
        if (found !== undefined) {
          looked = seen.indexOf(found) + 1;
          return found;
        }
        const piece = await reader?.read();
        if (piece === undefined || piece.done) {
          return null;
        }
        parser.feed(piece.value);
      }
    },
    close: async () => reader?.cancel(),
  };
}

/** All that the stream says from `after` until it ends. */
export async function allEvents(
  product: Pick<Product, "url" | "apiKey">,
  runId: string,
  after?: string,
): Promise<readonly EventSourceMessage[]> {
  const events = await openEvents(product, runId, after);
  await events.until(() => false);
  return events.seen;
}
