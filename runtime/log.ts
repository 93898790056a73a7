import { pino } from "pino";
import type { Logger } from "pino";

export type { Logger } from "pino";

/** The process's own log: one JSON object a line on standard error, or readable lines on a terminal. */
export function createLogger(process: string, level: string): Logger {
  return pino(
    { name: process, level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: 2, sync: true }),
  );
}
