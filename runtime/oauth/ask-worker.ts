import { setTimeout as delay } from "node:timers/promises";
import { asOrganization } from "#runtime/db/tenant.ts";
import { failedSince } from "./journal.ts";
import { isUsable } from "./refresh-fail.ts";
import { nowOf } from "./refresh-parts.ts";
import type { RefreshParts, RefreshRequest, RefreshResult } from "./refresh-parts.ts";
import { loadSubject } from "./refresh-subject.ts";

const WAIT_MS = 45_000;
const POLL_MS = 250;

/** Leaves a renewal to the workers, from a process that cannot run the connection's handler, and waits for its end. */
export async function askWorker(
  parts: Omit<RefreshParts, "egress">,
  request: RefreshRequest,
): Promise<RefreshResult> {
  const { organizationId, connectionId } = request;
  const before = await loadSubject(parts, request);
  await asOrganization(
    parts.database,
    organizationId,
    (sql) => sql`
      update credentials set due_at = ${new Date(nowOf(parts) - 1)}
      where organization_id = ${organizationId} and connection_id = ${connectionId} and version = ${before.version}`,
  );
  for (const began = Date.now(); Date.now() - began < WAIT_MS;) {
    await delay(POLL_MS);
    const subject = await loadSubject(parts, request);
    if (subject.version > before.version) {
      return { status: "refreshed", version: subject.version };
    }
    const failed = await asOrganization(parts.database, organizationId, (sql) =>
      failedSince(sql, { ...subject, waitedMs: Date.now() - began }),
    );
    if (failed) {
      // Read again: the failure and its reason came after what was read before.
      const after = await loadSubject(parts, request);
      const message = after.problem?.message ?? "The handler brought no tokens.";
      const usable = isUsable(after, nowOf(parts));
      return { status: after.status === "reauthorize" ? "reauthorize" : "unavailable", message, usable };
    }
  }
  const usable = isUsable(before, nowOf(parts));
  return { status: "unavailable", message: "No worker has renewed it in time; is one running?", usable };
}
