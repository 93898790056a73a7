import { asOrganization } from "#runtime/db/tenant.ts";
import { EXTEND_MS, extendLease } from "./lease.ts";
import type { Lease } from "./lease.ts";
import { LONGEST_CALL_MS } from "./refresh-call.ts";
import type { RefreshParts } from "./refresh-parts.ts";

/** No longer than this is a lease kept for a call: what hangs for ever, against its deadline, is taken over. */
const LONGEST_HOLD_MS = LONGEST_CALL_MS + 60_000;

/** Keeps a lease for as long as the work takes. A lost sign of life is made up for by the next one. */
export async function keepLease<T>(
  { database, log }: Pick<RefreshParts, "database" | "log">,
  lease: Lease,
  work: () => Promise<T>,
): Promise<T> {
  let held = 0;
  const extending = setInterval(() => {
    held += EXTEND_MS;
    if (held > LONGEST_HOLD_MS) {
      clearInterval(extending);
      return;
    }
    asOrganization(database, lease.organizationId, (sql) => extendLease(sql, lease)).catch(
      (error: unknown) => {
        log.warn({ err: error, connectionId: lease.connectionId }, "a lease could not be extended");
      },
    );
  }, EXTEND_MS);
  try {
    return await work();
  } finally {
    clearInterval(extending);
  }
}
