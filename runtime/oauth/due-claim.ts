import type { Database } from "#runtime/db/connect.ts";
import { asSystem } from "#runtime/db/tenant.ts";
import { CLAIM_SECONDS } from "./lease.ts";

/** A credential that is due, claimed for the courier of this process. */
export interface DueCredential {
  readonly organizationId: string;
  readonly connectionId: string;
  readonly connector: string;
  readonly oauthAppId: string | null;
  readonly leaseToken: string;
  readonly dueAt: Date;
}

/** Names a provider as one OAuth app sees it, in one text. */
export function groupOf(due: Pick<DueCredential, "organizationId" | "connector" | "oauthAppId">): string {
  return `${due.organizationId}/${due.connector}/${due.oauthAppId ?? ""}`;
}

/**
 * The one query of a tick: what is due, oldest first, leased on the spot, so that no two processes hand out the same.
 * Left out is what its provider's breaker or pace would put off anyway, the groups of `except`, and the organizations
 * of `exceptOrganizations`.
 *
 * 100,000 credentials, 30 due: 0.3 ms by the index credentials_due.
 */
export async function claimDue(
  database: Database,
  claim: {
    readonly now: Date;
    readonly limit: number;
    readonly except: readonly string[];
    readonly exceptOrganizations: readonly string[];
  },
): Promise<readonly DueCredential[]> {
  return asSystem(database)<DueCredential[]>`
    with due as (
      select c.connection_id
      from credentials c
      left join provider_states p on p.organization_id = c.organization_id and p.connector = c.connector
        and p.app = coalesce(c.oauth_app_id::text, '')
      where c.due_at <= ${claim.now}
        and (c.lease_expires_at is null or c.lease_expires_at <= clock_timestamp())
        and (p.app is null or (
          (p.breaker = 'closed' or p.retry_at <= ${claim.now})
          and (p.bookable_at is null or p.bookable_at <= ${claim.now})))
        and c.organization_id || '/' || c.connector || '/' || coalesce(c.oauth_app_id::text, '') <> all(${[...claim.except]}::text[])
        and c.organization_id <> all(${[...claim.exceptOrganizations]}::uuid[])
      order by c.due_at
      limit ${claim.limit}
      for update of c skip locked)
    update credentials c
    set lease_token = gen_random_uuid(), lease_expires_at = clock_timestamp() + make_interval(secs => ${CLAIM_SECONDS})
    from due
    where c.connection_id = due.connection_id
    returning c.organization_id, c.connection_id, c.connector, c.oauth_app_id, c.lease_token, c.due_at`;
}
