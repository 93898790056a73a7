import type { Context } from "hono";
import { asSystem } from "#runtime/db/tenant.ts";
import type { ApiEnv } from "./env.ts";
import type { ApiParts } from "./parts.ts";

/** How long a part may take to answer before it counts as away. */
const DEADLINE_MS = 2_000;

/** The process is alive: it answers. */
export function isAlive(context: Context<ApiEnv>): Response {
  return context.json({ status: "ok" });
}

/** Whether requests can be served: the database and the queue answer. Says which one does not, with 503. */
export function isReady(parts: ApiParts) {
  return async (context: Context<ApiEnv>): Promise<Response> => {
    const [database, queue] = await Promise.all([
      answers(async () => asSystem(parts.database)`select 1`),
      answers(async () => parts.queue.ping()),
    ]);
    const ready = database && queue && parts.stopping?.aborted !== true;
    const state = (up: boolean): string => (up ? "ok" : "away");
    const body = {
      status: ready ? "ok" : parts.stopping?.aborted === true ? "stopping" : "unavailable",
      database: state(database),
      queue: state(queue),
    };
    return context.json(body, ready ? 200 : 503);
  };
}

async function answers(ask: () => Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), DEADLINE_MS);
  });
  try {
    return await Promise.race([
      late,
      ask().then(
        () => true,
        () => false,
      ),
    ]);
  } finally {
    clearTimeout(timer);
  }
}
