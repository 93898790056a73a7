import { setTimeout as delay } from "node:timers/promises";
import { TenonError } from "#runtime/errors.ts";
import type { Logger } from "#runtime/log.ts";

const PAUSE_MS = { first: 50, longest: 1_000 } as const;

/**
 * Writes, again and again, while the database is away. What was written although nobody heard of it is met by the next
 * try, so `write` must stand being repeated. Errors that a repetition does not mend go through.
 */
export async function persist<T>(
  options: { readonly what: string; readonly forMs: number; readonly log: Logger },
  write: () => Promise<T>,
): Promise<T> {
  const deadline = Date.now() + options.forMs;
  for (let pause: number = PAUSE_MS.first; ; pause = Math.min(2 * pause, PAUSE_MS.longest)) {
    try {
      return await write();
    } catch (error) {
      if (error instanceof TenonError || isOurs(error) || Date.now() > deadline) {
        throw error;
      }
      options.log.warn({ err: error, what: options.what }, "the database did not take a write; trying again");
      await delay(pause);
    }
  }
}

/** A statement that the database understood and refused is refused again, and a dropped database does not come back. */
function isOurs(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return typeof code === "string" && /^(22|23|3D|42)[0-9A-Z]{3}$/.test(code);
}
