import type { Tier } from "#runtime/workflows/manifest.ts";

/** Largest input of a run, as JSON, in bytes. */
export const INPUT_BYTES = 1_048_576;
/** Largest result of a run, as JSON, in bytes. */
export const RESULT_BYTES = 1_048_576;
/** Largest body of one request or response, in bytes. */
export const BODY_BYTES = 10_485_760;
export const LOG_LINES = 10_000;
export const LOG_BYTES = 1_048_576;
export const LOG_LINE_BYTES = 16_384;
/** Host calls of one run that are under way at the same time; more wait. */
export const CONCURRENT_CALLS = 100;
/** How often a run is given to another worker after its own was lost, before it fails. */
export const LOST_ATTEMPTS = 5;
/** How long a worker holds a run without renewing, in milliseconds. */
export const LEASE_MS = 30_000;
/** CPU time of one attempt, in milliseconds. */
export const CPU_TOTAL_MS: Readonly<Record<Tier, number>> = {
  instant: 30_000,
  standard: 300_000,
  long: 1_800_000,
};
