import { randomUUID } from "node:crypto";
import type { Database } from "#runtime/db/connect.ts";
import { asOrganization, asSystem } from "#runtime/db/tenant.ts";

/** Longer than the provider is waited for, with what comes before and after. */
const LEASE_SECONDS = 90;

/** Tokens that are to be ended at their provider now. */
export interface DueRevocation {
  readonly id: string;
  readonly organizationId: string;
}

/** The same in our hands. */
export interface ClaimedRevocation extends DueRevocation {
  readonly leaseToken: string;
  /** This try included. */
  readonly attempts: number;
  readonly connectionId: string;
  readonly connector: string;
  readonly method: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly credentialVersion: number | null;
  readonly credentialSealed: Buffer | null;
  readonly answerId: string | null;
  readonly answerSealed: Buffer | null;
  readonly appId: string | null;
  readonly appClientId: string | null;
  readonly appVersion: number | null;
  readonly appSealed: Buffer | null;
  readonly cause: string;
  /** The account, or this very connection, was connected again since: ending old tokens may end the new ones. */
  readonly replaced: boolean;
}

/** What is due and held by nobody, the oldest first. */
export async function findDueRevocations(
  database: Database,
  asked: { readonly limit: number; readonly exceptOrganizations: readonly string[] },
): Promise<readonly DueRevocation[]> {
  return asSystem(database)<DueRevocation[]>`
    select id, organization_id from revocations
    where due_at <= now() and (lease_expires_at is null or lease_expires_at <= now())
      and organization_id <> all(${[...asked.exceptOrganizations]}::uuid[])
    order by due_at limit ${asked.limit}`;
}

/** Takes one for one try; null: somebody else has it, or it is done. */
export async function claimRevocation(
  database: Database,
  { organizationId, id }: DueRevocation,
): Promise<ClaimedRevocation | null> {
  const leaseToken = randomUUID();
  const [claimed] = await asOrganization(
    database,
    organizationId,
    (sql) => sql<ClaimedRevocation[]>`
      update revocations r set lease_token = ${leaseToken}, attempts = r.attempts + 1,
        lease_expires_at = now() + make_interval(secs => ${LEASE_SECONDS})
      where r.organization_id = ${organizationId} and r.id = ${id} and r.due_at <= now()
        and (r.lease_expires_at is null or r.lease_expires_at <= now())
      returning r.id, r.organization_id, r.lease_token, r.attempts, r.connection_id, r.connector, r.method, r.fields,
        r.credential_version, r.credential_sealed, r.answer_id, r.answer_sealed, r.app_id, r.app_client_id,
        r.app_version, r.app_sealed, r.cause,
        exists (
          select 1 from connections c
          where c.organization_id = r.organization_id and c.status <> 'disconnected' and c.connector = r.connector
            and (c.id = r.connection_id or (c.account_id = r.account_id and c.created_at > r.created_at))) as replaced`,
  );
  return claimed ?? null;
}
