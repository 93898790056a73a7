import type { TenantSql } from "#runtime/db/tenant.ts";
import { emitEvent } from "./emit.ts";
import type { EventType } from "./emit.ts";

/** Tells the subscribers what happened to a connection: which one, whose, and how it stands now. */
export async function emitConnectionEvent(
  sql: TenantSql,
  event: {
    readonly organizationId: string;
    readonly connectionId: string;
    readonly type: EventType;
    /** What only this kind of event tells; it wins over what the connection's row says. */
    readonly more?: object;
  },
): Promise<void> {
  const { organizationId, connectionId, type, more } = event;
  const [data] = await sql<object[]>`
    select id as connection_id, name, connector, environment_id, owner, customer_id, customer_user as "user", status, problem
    from connections where organization_id = ${organizationId} and id = ${connectionId}`;
  if (data !== undefined) {
    await emitEvent(sql, { organizationId, type, data: { ...data, at: new Date().toISOString(), ...more } });
  }
}
