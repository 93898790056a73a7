import { dateNow } from "./primordials.guest.ts";

let origin = dateNow();
let latest = origin;

/** The run's time begins: an isolate may have waited long for it. */
export function startClock(): void {
  origin = dateNow();
  latest = origin;
}

/** When the run began, in milliseconds since 1970. */
export function timeOrigin(): number {
  return origin;
}

/**
 * Milliseconds since the run began, never less than before. Whole ones: the isolate has no finer clock than `Date`,
 * so that what neighbours do on the same processor cannot be read from it.
 */
export function elapsed(): number {
  const now = dateNow();
  latest = now > latest ? now : latest;
  return latest - origin;
}
