import type { TenantSql } from "#runtime/db/tenant.ts";
import { announceStatus } from "./announce.ts";
import type { Provider, Trouble } from "./incident.ts";

/** So many connections are marked at a time; the next failed probe marks more. */
const BATCH = 200;
const STATUS = { provider_down: "provider_down", invalid_client: "app_misconfigured" } as const;
const CODE = {
  provider_down: "TENON_PROVIDER_UNAVAILABLE",
  invalid_client: "TENON_APP_MISCONFIGURED",
} as const;

interface Ended {
  readonly id: string;
  readonly status: string;
}

/**
 * Says of the connections whose access tokens have ended during a provider's trouble what is wrong. Those whose tokens
 * still work stay as they are: nobody notices anything.
 */
export async function markTroubled(
  sql: TenantSql,
  provider: Provider,
  trouble: { readonly kind: Trouble; readonly message: string; readonly at: Date },
): Promise<void> {
  const { organizationId, connector, app } = provider;
  const problem = { code: CODE[trouble.kind], message: trouble.message };
  const ended = await sql<Ended[]>`
    select n.id, n.status
    from credentials c
    join connections n on n.organization_id = c.organization_id and n.id = c.connection_id
    where c.organization_id = ${organizationId} and c.connector = ${connector}
      and c.oauth_app_id is not distinct from ${app === "" ? null : app}::uuid
      and c.due_at is not null and c.expires_at <= ${trouble.at} and n.status in ('unverified', 'healthy', 'degraded')
    limit ${BATCH} for update of n skip locked`;
  if (ended.length === 0) {
    return;
  }
  const to = STATUS[trouble.kind];
  await sql`
    update connections set status = ${to}, updated_at = now(),
      problem = ${sql.json({ ...problem, at: trouble.at.toISOString() })}
    where organization_id = ${organizationId} and id = any(${ended.map(({ id }) => id)})`;
  for (const { id, status } of ended) {
    const about = { organizationId, connectionId: id };
    await announceStatus(sql, about, { from: status, to, problem, at: trouble.at });
  }
}
