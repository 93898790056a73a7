import type { TenantSql } from "#runtime/db/tenant.ts";
import { newId } from "#runtime/ids.ts";

/** A provider as one OAuth app sees it: what breakers, quotas and incidents belong to. */
export interface Provider {
  readonly organizationId: string;
  /** The connector's slug. */
  readonly connector: string;
  /** The OAuth app's id, or `""` without one. */
  readonly app: string;
}

export type Trouble = "invalid_client" | "provider_down";

/** Opens an incident unless that trouble is known already. */
export async function openIncident(
  sql: TenantSql,
  provider: Provider,
  trouble: { readonly kind: Trouble; readonly message: string; readonly at: Date },
): Promise<void> {
  await sql`
    insert into incidents (id, organization_id, connector, app, kind, message, opened_at)
    values (${newId()}, ${provider.organizationId}, ${provider.connector}, ${provider.app}, ${trouble.kind},
      ${trouble.message}, ${trouble.at})
    on conflict (organization_id, connector, app, kind) where closed_at is null do nothing`;
}

/** Closes whatever was open: the provider has given tokens to this app. */
export async function closeIncidents(sql: TenantSql, provider: Provider, at: Date): Promise<void> {
  await sql`
    update incidents set closed_at = ${at}
    where organization_id = ${provider.organizationId} and connector = ${provider.connector}
      and app = ${provider.app} and closed_at is null`;
}
