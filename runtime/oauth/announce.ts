import type { TenantSql } from "#runtime/db/tenant.ts";
import { newId } from "#runtime/ids.ts";
import { emitConnectionEvent } from "#runtime/webhooks/connection-event.ts";

/** Why a connection is not healthy, as people read it. Never a secret: the message was redacted where it came from. */
export interface Problem {
  readonly code: string;
  readonly message: string;
}

interface Announced {
  readonly organizationId: string;
  readonly connectionId: string;
}

const TROUBLED = new Set(["degraded", "reauthorize", "app_misconfigured", "provider_down"]);

/** Tells subscribers that a connection has moved from one status to another, if that is news. */
export async function announceStatus(
  sql: TenantSql,
  about: Announced,
  move: { readonly from: string; readonly to: string; readonly problem: Problem | null; readonly at: Date },
): Promise<void> {
  const type = newsOf(move.from, move.to);
  if (type !== null) {
    await emitConnectionEvent(sql, {
      organizationId: about.organizationId,
      connectionId: about.connectionId,
      type,
      more: { status: move.to, problem: move.problem, at: move.at.toISOString() },
    });
  }
}

function newsOf(from: string, to: string) {
  if (from === to) {
    return null;
  }
  if (to === "healthy") {
    return TROUBLED.has(from) ? "connection.recovered" : null;
  }
  return to === "reauthorize" ? "connection.reauthorize" : "connection.degraded";
}

/** Tells subscribers that a credential was renewed. */
export async function announceRefresh(
  sql: TenantSql,
  about: Announced,
  refresh: { readonly version: number; readonly expiresAt: Date | null; readonly at: Date },
): Promise<void> {
  await emitConnectionEvent(sql, {
    organizationId: about.organizationId,
    connectionId: about.connectionId,
    type: "connection.refreshed",
    more: {
      status: "healthy",
      problem: null,
      version: refresh.version,
      expiresAt: refresh.expiresAt?.toISOString() ?? null,
      at: refresh.at.toISOString(),
    },
  });
}

/** Writes the audit row of a token call that changed something. */
export async function auditRefresh(
  sql: TenantSql,
  /** `connector`: its slug. */
  about: Announced & { readonly connector: string },
  refresh: {
    readonly outcome: "success" | "failed";
    readonly details: Readonly<Record<string, string | number>>;
  },
): Promise<void> {
  await sql`
    insert into audit_events (id, organization_id, actor_type, action, resource_type, resource_id, outcome, details)
    values (${newId()}, ${about.organizationId}, 'system', 'credential.token_refresh', 'connection', ${about.connectionId},
      ${refresh.outcome}, ${sql.json({ connector: about.connector, ...refresh.details })})`;
}
