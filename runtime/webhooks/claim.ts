import type { Database } from "#runtime/db/connect.ts";
import { asOrganization, asSystem } from "#runtime/db/tenant.ts";
import { randomUUID } from "node:crypto";

/** Longer than one try may take with its two writes: whoever holds it sends, nobody else. */
export const LEASE_MS = 60_000;

/** A delivery whose time has come. */
export interface DueDelivery {
  readonly id: string;
  readonly organizationId: string;
  readonly endpointId: string;
}

/** A delivery in our hands. */
export interface ClaimedDelivery extends DueDelivery {
  readonly leaseToken: string;
  /** This try included. */
  readonly attempts: number;
  readonly url: string;
  readonly enabled: boolean;
  readonly secretSealed: Buffer;
  readonly secretVersion: number;
  readonly eventId: string;
  readonly type: string;
  readonly data: unknown;
  readonly createdAt: Date;
}

/** What is due and held by nobody, the oldest first. One indexed query, whatever waits in the future. */
export async function findDueDeliveries(
  database: Database,
  asked: {
    readonly now: Date;
    readonly limit: number;
    readonly exceptEndpoints: readonly string[];
    readonly exceptOrganizations?: readonly string[];
  },
): Promise<readonly DueDelivery[]> {
  return asSystem(database)<DueDelivery[]>`
    select id, organization_id, endpoint_id from webhook_deliveries
    where status = 'pending' and due_at <= ${asked.now}
      and (lease_expires_at is null or lease_expires_at <= ${asked.now})
      and endpoint_id <> all(${[...asked.exceptEndpoints]}::uuid[])
      and organization_id <> all(${[...(asked.exceptOrganizations ?? [])]}::uuid[])
    order by due_at limit ${asked.limit}`;
}

/** Takes a delivery for one try; null: somebody else has it, or it is done. */
export async function claimDelivery(
  database: Database,
  due: DueDelivery,
  now: Date,
): Promise<ClaimedDelivery | null> {
  const leaseToken = randomUUID();
  const [claimed] = await asOrganization(
    database,
    due.organizationId,
    (sql) => sql<ClaimedDelivery[]>`
      update webhook_deliveries d
      set lease_token = ${leaseToken}, lease_expires_at = ${new Date(now.getTime() + LEASE_MS)}, attempts = d.attempts + 1
      from webhook_endpoints w, events e
      where d.organization_id = ${due.organizationId} and d.id = ${due.id} and d.status = 'pending'
        and d.due_at <= ${now} and (d.lease_expires_at is null or d.lease_expires_at <= ${now})
        and w.organization_id = d.organization_id and w.id = d.endpoint_id
        and e.organization_id = d.organization_id and e.id = d.event_id
      returning d.id, d.organization_id, d.endpoint_id, d.lease_token, d.attempts, w.url, w.enabled, w.secret_sealed,
        w.version as secret_version, e.id as event_id, e.type, e.data, e.created_at`,
  );
  return claimed ?? null;
}
