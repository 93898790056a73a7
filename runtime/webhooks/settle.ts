import type { Database } from "#runtime/db/connect.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import type { ClaimedDelivery } from "./claim.ts";
import { nextDelay } from "./schedule.ts";
import { GONE } from "./send.ts";
import type { SendResult } from "./send.ts";

/** Writes what came of a try, unless somebody else holds the delivery by now. */
export async function settleDelivery(
  database: Database,
  delivery: ClaimedDelivery,
  result: SendResult,
  now: Date,
): Promise<"delivered" | "pending" | "failed"> {
  const { organizationId, id, leaseToken, attempts, endpointId } = delivery;
  const delay = result.ok || result.final ? null : nextDelay(attempts, result.retryAfterMs);
  const status = result.ok ? "delivered" : delay === null ? "failed" : "pending";
  const { reason, latencyMs } = result;
  await asOrganization(database, organizationId, async (sql) => {
    await sql`
      update webhook_deliveries set status = ${status}, lease_token = null, lease_expires_at = null,
        due_at = ${new Date(now.getTime() + (delay ?? 0))}, finished_at = ${status === "pending" ? null : now},
        last_try = ${sql.json({ status: result.status, reason, latencyMs, at: now.toISOString() })}
      where organization_id = ${organizationId} and id = ${id} and lease_token = ${leaseToken}`;
    if (result.status === GONE) {
      await sql`
        update webhook_endpoints set enabled = false, updated_at = now()
        where organization_id = ${organizationId} and id = ${endpointId}`;
    }
  });
  return status;
}
