import type { TenantSql } from "#runtime/db/tenant.ts";
import { closeIncidents, openIncident } from "./incident.ts";
import type { Provider, Trouble } from "./incident.ts";
import { book, paceAt, withoutBurst } from "./quota.ts";
import type { Quota } from "./quota.ts";

/** So many calls in a row without an answer are an outage. */
const FAILURES_TO_OPEN = 5;
/** How long a probe is waited for before another one may go: one that hangs must not keep a provider down. */
const PROBE_MS = 60_000;
const PAUSE_MS = {
  provider_down: { first: 5_000, longest: 15_000 },
  invalid_client: { first: 60_000, longest: 900_000 },
} as const;
const LONGEST_RETRY_AFTER_MS = 3_600_000;

interface ProviderRow {
  readonly breaker: "closed" | "open" | "half_open";
  readonly cause: Trouble | null;
  readonly failures: number;
  readonly openings: number;
  readonly retryAt: Date | null;
  readonly recoveredAt: Date | null;
  readonly bookedUntil: Date | null;
}

/** Whether a token call may be made: at `startAt`, or not before `askAt`. `cause`: why not, if not for the pace. */
export type Admission =
  | { readonly admitted: true; readonly startAt: number }
  | { readonly admitted: false; readonly askAt: number; readonly cause: Trouble | null };

/**
 * Asks for one token call, in the transaction that journals it. A provider that is down gets one probe at a time, and
 * another when that one hangs.
 */
export async function admit(
  sql: TenantSql,
  provider: Provider,
  ask: { readonly quota: Quota | null; readonly now: number; readonly background: boolean },
): Promise<Admission> {
  const state = await stateFor(sql, provider, ask);
  if (state === null) {
    return { admitted: true, startAt: ask.now };
  }
  if (state.breaker !== "closed") {
    return probe(sql, provider, state, ask.now);
  }
  const pace = paceAt(ask.quota, state.recoveredAt?.getTime() ?? null, ask.now);
  if (pace === null) {
    return { admitted: true, startAt: ask.now };
  }
  const booking = book(pace, state.bookedUntil?.getTime() ?? null, ask.now, ask.background);
  if (!booking.booked) {
    return { admitted: false, askAt: booking.askAt, cause: null };
  }
  await sql`
    update provider_states set booked_until = ${new Date(booking.bookedUntil)},
      bookable_at = ${new Date(booking.bookableAt)}, updated_at = now()
    where organization_id = ${provider.organizationId} and connector = ${provider.connector} and app = ${provider.app}`;
  return { admitted: true, startAt: booking.startAt };
}

/** The provider's row, locked; null: it is well and has no limit, which most calls learn without a lock. */
async function stateFor(
  sql: TenantSql,
  provider: Provider,
  ask: { readonly quota: Quota | null; readonly now: number },
): Promise<ProviderRow | null> {
  const { organizationId, connector, app } = provider;
  if (ask.quota === null) {
    const [seen] = await sql<ProviderRow[]>`
      select breaker, recovered_at from provider_states
      where organization_id = ${organizationId} and connector = ${connector} and app = ${app}`;
    if (
      seen === undefined ||
      (seen.breaker === "closed" && paceAt(null, seen.recoveredAt?.getTime() ?? null, ask.now) === null)
    ) {
      return null;
    }
  } else {
    await sql`
      insert into provider_states (organization_id, connector, app) values (${organizationId}, ${connector}, ${app})
      on conflict do nothing`;
  }
  const [row] = await sql<ProviderRow[]>`
    select breaker, cause, failures, openings, retry_at, recovered_at, booked_until from provider_states
    where organization_id = ${organizationId} and connector = ${connector} and app = ${app} for update`;
  return row ?? null;
}

/** Open and due, or half open with a probe that was lost: this call is the probe. */
async function probe(
  sql: TenantSql,
  provider: Provider,
  state: ProviderRow,
  now: number,
): Promise<Admission> {
  const retryAt = state.retryAt?.getTime() ?? now;
  if (retryAt > now) {
    return { admitted: false, askAt: retryAt, cause: state.cause ?? "provider_down" };
  }
  await sql`
    update provider_states set breaker = 'half_open', retry_at = ${new Date(now + PROBE_MS)}, updated_at = now()
    where organization_id = ${provider.organizationId} and connector = ${provider.connector} and app = ${provider.app}`;
  return { admitted: true, startAt: now };
}

/** Notes that the provider gave tokens. Ends an outage: incidents close, and what failed meanwhile is due at once. */
export async function noteSuccess(
  sql: TenantSql,
  provider: Provider,
  at: { readonly quota: Quota | null; readonly now: number },
): Promise<void> {
  const { organizationId, connector, app } = provider;
  const [before] = await sql<{ breaker: string }[]>`
    select breaker from provider_states
    where organization_id = ${organizationId} and connector = ${connector} and app = ${app}
      and (failures > 0 or breaker <> 'closed') for update`;
  if (before === undefined) {
    return;
  }
  await sql`
    update provider_states set breaker = 'closed', cause = null, failures = 0, openings = 0, retry_at = null, updated_at = now()
    where organization_id = ${organizationId} and connector = ${connector} and app = ${app}`;
  if (before.breaker === "closed") {
    return;
  }
  await sql`
    update provider_states set recovered_at = ${new Date(at.now)},
      booked_until = greatest(booked_until, ${new Date(withoutBurst(at.quota, at.now))}::timestamptz), bookable_at = null
    where organization_id = ${organizationId} and connector = ${connector} and app = ${app}`;
  await closeIncidents(sql, provider, new Date(at.now));
  await bringForward(sql, provider, new Date(at.now));
}

/** What waited for a provider that is well again is due now. Rows in another's hands are not waited for. */
async function bringForward(sql: TenantSql, provider: Provider, now: Date): Promise<void> {
  const { organizationId, connector, app } = provider;
  await sql`
    update credentials set due_at = ${now}
    where connection_id in (
      select connection_id from credentials
      where organization_id = ${organizationId} and connector = ${connector}
        and oauth_app_id is not distinct from ${app === "" ? null : app}::uuid and failures > 0 and due_at > ${now}
      for update skip locked)
      and organization_id = ${organizationId}`;
}

/**
 * Notes a call without a usable answer, or that the app is not known to the provider. Returns the trouble when the
 * provider is taken for down now: the caller looks at the connections whose tokens have ended.
 */
export async function noteFailure(
  sql: TenantSql,
  provider: Provider,
  failure: {
    readonly kind: Trouble;
    readonly message: string;
    readonly retryAfterMs: number | null;
    readonly now: number;
  },
): Promise<Trouble | null> {
  const { organizationId, connector, app } = provider;
  const [state] = await sql<ProviderRow[]>`
    insert into provider_states as p (organization_id, connector, app, failures)
    values (${organizationId}, ${connector}, ${app}, 1)
    on conflict (organization_id, connector, app) do update set failures = p.failures + 1, updated_at = now()
    returning breaker, cause, failures, openings, retry_at`;
  if (state === undefined || !opens(state, failure)) {
    return state === undefined || state.breaker === "closed" ? null : (state.cause ?? failure.kind);
  }
  const { first, longest } = PAUSE_MS[failure.kind];
  const pause = Math.min(first * 2 ** state.openings, longest) * (0.8 + 0.2 * Math.random());
  const asked = Math.min(failure.retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS);
  await sql`
    update provider_states set breaker = 'open', cause = ${failure.kind}, openings = openings + 1,
      retry_at = ${new Date(failure.now + Math.max(pause, asked))}, updated_at = now()
    where organization_id = ${organizationId} and connector = ${connector} and app = ${app}`;
  await openIncident(sql, provider, {
    kind: failure.kind,
    message: failure.message,
    at: new Date(failure.now),
  });
  return failure.kind;
}

/** A failed probe opens it again; otherwise a row of failures does, and one refusal of the app at once. */
function opens(state: ProviderRow, failure: { readonly kind: Trouble }): boolean {
  return (
    state.breaker === "half_open" ||
    (state.breaker === "closed" && (failure.kind === "invalid_client" || state.failures >= FAILURES_TO_OPEN))
  );
}

/** Notes that the provider answered with a refusal: it is up, and it knows the app unless that is what was wrong. */
export async function noteRefusal(
  sql: TenantSql,
  provider: Provider,
  refusal: {
    readonly code: "invalid_grant" | "invalid_client" | "other";
    readonly message: string;
    readonly quota: Quota | null;
    readonly now: number;
  },
): Promise<void> {
  const [state] = await sql<{ cause: Trouble | null }[]>`
    select cause from provider_states
    where organization_id = ${provider.organizationId} and connector = ${provider.connector} and app = ${provider.app}`;
  if (refusal.code === "other" && state?.cause === "invalid_client") {
    await noteFailure(sql, provider, { ...refusal, kind: "invalid_client", retryAfterMs: null });
    return;
  }
  await noteSuccess(sql, provider, refusal);
}

/** Forgets what is known of a provider, after its app was changed: its connections are tried again at once. */
export async function resetProvider(sql: TenantSql, provider: Provider, now: Date): Promise<void> {
  await noteSuccess(sql, provider, { quota: null, now: now.getTime() });
}
