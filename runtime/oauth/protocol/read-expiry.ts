import { readPlace } from "#sdk/connector/read-place.ts";
import type { TokenSetPaths } from "#sdk/connector/oauth.ts";

type Expiry = TokenSetPaths["expiry"];

/** No access token is believed to live longer. */
const LONGEST_MS = 10 * 365 * 86_400_000;
const UNITS: Readonly<Record<Expiry["unit"], number>> = { milliseconds: 1, seconds: 1_000, minutes: 60_000 };

/**
 * When a token ends, in epoch milliseconds of our clock; null: never. A lifetime counts from the moment that the
 * answer arrived. What is no time (negative, zero, text, NaN) is as if the provider had said nothing.
 */
export function readExpiry(
  expiry: Expiry,
  told: { readonly data: object; readonly accessToken: string; readonly receivedAt: number },
): number | null | "introspect" {
  const end = endOf(expiry, told);
  if (end !== null) {
    // What has ended has ended now: long before our era no database has a date.
    return Math.max(told.receivedAt, Math.min(end, told.receivedAt + LONGEST_MS));
  }
  if (expiry.missing === "never" || expiry.missing === "introspect") {
    return expiry.missing === "never" ? null : "introspect";
  }
  return expiry.missing === 0 ? null : told.receivedAt + expiry.missing * 1_000;
}

/** A lifetime in seconds, such as that of a refresh token, as a point in time; null: nothing of the kind is there. */
export function endAfter(seconds: unknown, receivedAt: number): number | null {
  const lifetime = positive(seconds);
  return lifetime === null ? null : receivedAt + Math.min(lifetime * 1_000, LONGEST_MS);
}

function endOf(
  expiry: Expiry,
  { data, accessToken, receivedAt }: Parameters<typeof readExpiry>[1],
): number | null {
  if (expiry.form === "jwt") {
    return jwtEnd(accessToken, receivedAt);
  }
  const value = readPlace(data, expiry.path);
  if (expiry.form === "date") {
    return dateEnd(value, expiry.unit);
  }
  const lifetime = positive(value);
  return lifetime === null ? null : receivedAt + lifetime * UNITS[expiry.unit];
}

// Epoch seconds have 10 digits until the year 2286, epoch milliseconds 13 since 2001.
const SURELY_MILLISECONDS = 100_000_000_000;

function dateEnd(value: unknown, unit: Expiry["unit"]): number | null {
  const number = positive(value);
  if (number !== null) {
    return number >= SURELY_MILLISECONDS ? number : number * UNITS[unit];
  }
  const parsed = typeof value === "string" ? Date.parse(value) : NaN;
  return Number.isNaN(parsed) ? null : parsed;
}

/** The earlier of what the token says and of its lifetime from now, so that a clock that is off never makes it longer. */
function jwtEnd(token: string, receivedAt: number): number | null {
  const claims = claimsOf(token);
  const end = positive(readPlace(claims, "exp"));
  if (end === null) {
    return null;
  }
  const issued = positive(readPlace(claims, "iat"));
  return Math.min(end * 1_000, issued === null ? Infinity : receivedAt + Math.max(0, end - issued) * 1_000);
}

function claimsOf(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
  } catch {
    return null;
  }
}

function positive(value: unknown): number | null {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) && number > 0 ? number : null;
}
