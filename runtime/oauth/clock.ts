import type { Database } from "#runtime/db/connect.ts";
import { asSystem } from "#runtime/db/tenant.ts";

/** The database's clock, which all machines share. */
export interface SharedClock {
  readonly now: () => Date;
  close(): void;
}

const MEASURE_MS = 30_000;
/** A measurement that took longer tells too little. */
const LONGEST_TRIP_MS = 500;

/** A clock that follows the database's: machines whose own clocks disagree agree on when a token ends. */
export async function startClock(database: Database): Promise<SharedClock> {
  let offset = 0;
  const measure = async (): Promise<void> => {
    const before = Date.now();
    const [row] = await asSystem(database)<{ now: Date }[]>`select clock_timestamp() as now`;
    const after = Date.now();
    if (row !== undefined && after - before <= LONGEST_TRIP_MS) {
      offset = row.now.getTime() - (before + after) / 2;
    }
  };
  // While the database is away the last offset stays good.
  await measure().catch(() => undefined);
  const timer = setInterval(() => {
    measure().catch(() => undefined);
  }, MEASURE_MS);
  timer.unref();
  return {
    now: () => new Date(Date.now() + offset),
    close: () => {
      clearInterval(timer);
    },
  };
}
