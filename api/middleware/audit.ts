import { asOrganization } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { newId } from "#runtime/ids.ts";
import type { Call } from "../endpoint.ts";

/** What an audit row says beyond who, when and where. Details never hold a value that was sent. */
export interface Audited {
  readonly resourceId: string | null;
  readonly outcome?: "success" | "denied" | "failed";
  readonly details?: Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
}

/** Writes the audit row of a change, inside the transaction of that change. */
export async function audit(
  sql: TenantSql,
  call: Call,
  { resourceId, outcome, details }: Audited,
): Promise<void> {
  const { caller, request } = call;
  await sql`
    insert into audit_events (id, organization_id, actor_type, actor_id, action, resource_type, resource_id, outcome,
      source_address, request_id, details)
    values (${newId()}, ${caller.organizationId}, 'api_key', ${caller.keyId}, ${request.action},
      ${request.resourceType}, ${resourceId}, ${outcome ?? "success"}, ${request.address}, ${request.id},
      ${sql.json(details ?? {})})`;
}

/** Writes an audit row on its own, where the change was made by a verb that has its own transaction. */
export async function auditAfter(call: Call, audited: Audited): Promise<void> {
  await asOrganization(call.parts.database, call.caller.organizationId, (sql) => audit(sql, call, audited));
}

/** Notes that an attempt was refused. Best effort: the refusal stands whether or not it is written. */
export function auditDenied(call: Call, code: string): void {
  auditAfter(call, { resourceId: null, outcome: "denied", details: { code } }).catch((error: unknown) => {
    call.parts.log.warn({ err: error, requestId: call.request.id }, "a denied request was not audited");
  });
}
