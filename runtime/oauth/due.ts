import type { AuthMethod } from "#sdk/connector/auth.ts";
import type { Credential, TokenSet } from "./credential.ts";
import { expiresAt } from "./credential.ts";

/** When a credential ends, is renewed, and must be replaced by a person. */
export interface Schedule {
  readonly expiresAt: Date | null;
  readonly dueAt: Date | null;
  readonly reconnectBy: Date | null;
}

/** Nothing is due sooner than this: a provider whose tokens are born dead must not be asked in a circle. */
const SOONEST_MS = 1_000;
/** Renewals that were planned for the same moment spread over this part of their lead. */
const JITTER = 0.2;
/** A renewal that nobody has told the end of is repeated this long before the token's end at the latest. */
const LAST_CALL_MS = 60_000;
const RETRY = { firstMs: 5_000, longestMs: 300_000 } as const;

/** How a method's credentials are renewed; null: they do not end. */
interface Renewal {
  readonly marginMs: number;
  readonly notBeforeMs: number | null;
  readonly idleMs: number | null;
  readonly absoluteMs: number | null;
  /** Whether a renewal needs a refresh token of each set. */
  readonly byRefreshToken: boolean;
  readonly possible: boolean;
}

const inMs = (seconds: number | undefined): number | null => (seconds === undefined ? null : seconds * 1_000);

function renewalOf(method: AuthMethod): Renewal | null {
  if (method.type === "custom") {
    return {
      marginMs: method.margin * 1_000,
      notBeforeMs: null,
      idleMs: null,
      absoluteMs: null,
      byRefreshToken: false,
      possible: true,
    };
  }
  if (method.type !== "oauth2") {
    return null;
  }
  const { refresh, grant } = method;
  return {
    marginMs: refresh.margin * 1_000,
    notBeforeMs: inMs(refresh.notBefore),
    idleMs: inMs(refresh.idleLifetime),
    absoluteMs: inMs(refresh.absoluteLifetime),
    byRefreshToken: refresh.by === "refresh_token" && grant === "authorization_code",
    possible: refresh.by !== "none" || grant === "client_credentials",
  };
}

/** Whether anything can be done about a credential that ends, short of asking a person. */
export function canRenew(method: AuthMethod, credential: Credential): boolean {
  const renewal = renewalOf(method);
  const sets = Object.values(credential.tokens);
  return (
    renewal?.possible === true &&
    (!renewal.byRefreshToken || sets.some(({ refreshToken }) => refreshToken !== null))
  );
}

/** Plans a credential that was just received: renewed ahead of its earliest end, spread, within what the provider allows. */
export function scheduleOf(
  method: AuthMethod,
  credential: Credential,
  now: number,
  random: () => number = Math.random,
): Schedule {
  const renewal = renewalOf(method);
  const sets = Object.values(credential.tokens);
  const dues = renewal === null ? [] : sets.flatMap((set) => dueOf(renewal, set, random));
  const ends = renewal === null ? [] : sets.flatMap((set) => reconnectOf(renewal, set, credential));
  return {
    expiresAt: dateOf(expiresAt(credential)),
    dueAt: dues.length === 0 ? null : new Date(Math.max(Math.min(...dues), now + SOONEST_MS)),
    reconnectBy: ends.length === 0 ? null : new Date(Math.min(...ends)),
  };
}

/** Expiry − min(margin, lifetime/2), a little later by chance. A set that nobody can renew is looked at when it ends. */
function dueOf(renewal: Renewal, set: TokenSet, random: () => number): number[] {
  const renewable = renewal.possible && (!renewal.byRefreshToken || set.refreshToken !== null);
  if (!renewable) {
    return set.expiresAt === null ? [] : [set.expiresAt];
  }
  // A refresh token that dies of idleness is used at half of that time, also when its access token lives on.
  const awake =
    renewal.idleMs !== null && set.refreshToken !== null ? [set.issuedAt + renewal.idleMs / 2] : [];
  return set.expiresAt === null
    ? awake
    : [...awake, set.expiresAt - leadOf(renewal, set) * (1 - JITTER * random())];
}

function leadOf(renewal: Renewal, set: TokenSet): number {
  const lifetime = Math.max(0, (set.expiresAt ?? 0) - set.issuedAt);
  return Math.min(renewal.marginMs, lifetime / 2, renewal.notBeforeMs ?? Infinity);
}

function reconnectOf(renewal: Renewal, set: TokenSet, credential: Credential): number[] {
  if (renewal.possible && !renewal.byRefreshToken) {
    return [];
  }
  if (!renewal.possible || set.refreshToken === null) {
    return set.expiresAt === null ? [] : [set.expiresAt];
  }
  return [
    ...(set.refreshExpiresAt === null ? [] : [set.refreshExpiresAt]),
    ...(renewal.idleMs === null ? [] : [set.issuedAt + renewal.idleMs]),
    ...(renewal.absoluteMs === null ? [] : [credential.authorizedAt + renewal.absoluteMs]),
  ];
}

/**
 * Where an unfinished call may have spent the refresh token: the moment up to which another one waits, because it may
 * end the access token at hand. Null: at once, there is nothing to lose.
 */
export function lastCallAt(method: AuthMethod, credential: Credential): number | null {
  const renewal = renewalOf(method);
  const end = expiresAt(credential);
  const set = Object.values(credential.tokens).find((one) => one.expiresAt === end);
  if (renewal === null || end === null || set === undefined) {
    return null;
  }
  return end - Math.min(LAST_CALL_MS, leadOf(renewal, set) / 2);
}

/** Whether a renewal may spend the refresh token that it is made with: then asking twice may end the grant. */
export function spendsRefreshToken(method: AuthMethod): boolean {
  return (
    method.type === "oauth2" &&
    method.grant === "authorization_code" &&
    method.refresh.by === "refresh_token" &&
    method.refresh.rotation !== "never"
  );
}

/** Since when a provider takes a renewal of what it issued; null: at any time. */
export function allowedAt(method: AuthMethod, credential: Credential): number | null {
  const notBeforeMs = renewalOf(method)?.notBeforeMs ?? null;
  const end = expiresAt(credential);
  return notBeforeMs === null || end === null ? null : end - notBeforeMs;
}

/** When a renewal that brought nothing is tried again: doubling, spread, and not beyond half of what the token has left. */
export function retryAt(
  failures: number,
  end: number | null,
  now: number,
  random: () => number = Math.random,
): number {
  const backoff = Math.min(RETRY.firstMs * 2 ** Math.min(failures - 1, 20), RETRY.longestMs);
  const left = end === null || end <= now ? Infinity : Math.max(SOONEST_MS, (end - now) / 2);
  return now + Math.min(backoff, left) * (0.75 + 0.25 * random());
}

function dateOf(time: number | null): Date | null {
  return time === null ? null : new Date(time);
}
