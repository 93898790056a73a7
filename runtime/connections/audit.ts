import type { TenantSql } from "#runtime/db/tenant.ts";
import { newId } from "#runtime/ids.ts";

/** Who acts on a connection: a key of the organization, a person by a connect session, or the product itself. */
export type Actor =
  | { readonly type: "api_key" | "connect_session"; readonly id: string; readonly from?: RequestPlace }
  | { readonly type: "system" };

/** Where the request of an actor came from. */
export interface RequestPlace {
  readonly address: string | null;
  readonly requestId: string | null;
}

/** Writes the audit row of a change of a connection, inside the transaction of that change. */
export async function auditConnection(
  sql: TenantSql,
  event: {
    readonly organizationId: string;
    readonly connectionId: string;
    readonly actor: Actor;
    readonly action: string;
    readonly outcome?: "success" | "failed";
    readonly details: Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
  },
): Promise<void> {
  const { organizationId, connectionId, actor, action, details, outcome = "success" } = event;
  const from = actor.type === "system" ? undefined : actor.from;
  await sql`
    insert into audit_events (id, organization_id, actor_type, actor_id, action, resource_type, resource_id, outcome,
      source_address, request_id, details)
    values (${newId()}, ${organizationId}, ${actor.type}, ${actor.type === "system" ? null : actor.id}, ${action},
      'connection', ${connectionId}, ${outcome}, ${from?.address ?? null}, ${from?.requestId ?? null},
      ${sql.json(details)})`;
}

/** Writes the audit rows of connections that are deleted with their owner: one statement for many. */
export async function auditDeletions(
  sql: TenantSql,
  deletions: {
    readonly organizationId: string;
    readonly actor: Actor;
    /** The action that takes them along. */
    readonly cause: string;
    readonly connections: readonly {
      readonly id: string;
      readonly name: string;
      readonly connector: string;
    }[];
  },
): Promise<void> {
  const { organizationId, actor, cause, connections } = deletions;
  const from = actor.type === "system" ? undefined : actor.from;
  await sql`
    insert into audit_events (id, organization_id, actor_type, actor_id, action, resource_type, resource_id, outcome,
      source_address, request_id, details)
    select t.id, ${organizationId}, ${actor.type}, ${actor.type === "system" ? null : actor.id}::uuid,
      'connection.delete', 'connection', t.connection_id, 'success', ${from?.address ?? null}::text,
      ${from?.requestId ?? null}::text,
      jsonb_build_object('name', t.name, 'connector', t.connector, 'cause', ${cause}::text)
    from unnest(${connections.map(() => newId())}::uuid[], ${connections.map(({ id }) => id)}::text[],
      ${connections.map(({ name }) => name)}::text[], ${connections.map(({ connector }) => connector)}::text[])
      as t (id, connection_id, name, connector)`;
}
