import { readPlace } from "#sdk/connector/read-place.ts";
import type { TokenResponse, TokenSetPaths } from "#sdk/connector/oauth.ts";
import type { TokenSet } from "../credential.ts";
import { endAfter, readExpiry } from "./read-expiry.ts";

/** A token set as an answer tells it. */
export interface ReadSet {
  /** Its end is to be asked for (RFC 7662). */
  readonly introspect: boolean;
  readonly set: TokenSet;
}

/** What a token set is read with. */
export interface ReadingOf {
  readonly data: object;
  readonly receivedAt: number;
  /** What the response does not say stays as it is there. */
  readonly previous: TokenSet | undefined;
  /** The scopes when neither the response nor `previous` says them. */
  readonly scopes: readonly string[];
}

/** The set at these places of an answer; null: there is no access token. */
export function readTokenSet(paths: TokenSetPaths, reading: ReadingOf): ReadSet | null {
  const { data, receivedAt, previous } = reading;
  const accessToken = tokenAt(data, paths.accessToken);
  if (accessToken === null) {
    return null;
  }
  const refreshToken = tokenAt(data, paths.refreshToken);
  const end = readExpiry(paths.expiry, { data, accessToken, receivedAt });
  const refreshEnd =
    paths.refreshExpiresIn === undefined
      ? null
      : endAfter(readPlace(data, paths.refreshExpiresIn), receivedAt);
  const rotated = refreshToken !== null && refreshToken !== previous?.refreshToken;
  return {
    introspect: end === "introspect",
    set: {
      accessToken,
      refreshToken: refreshToken ?? previous?.refreshToken ?? null,
      expiresAt: end === "introspect" ? null : end,
      refreshExpiresAt: refreshEnd ?? (rotated ? null : (previous?.refreshExpiresAt ?? null)),
      scopes: scopesAt(data, paths.scope) ?? previous?.scopes ?? reading.scopes,
      issuedAt: receivedAt,
    },
  };
}

/** The parts of an answer that the connector keeps, by name. */
export function readKept(keep: TokenResponse["keep"], data: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(keep).flatMap(([name, path]) => {
      const value = readPlace(data, path);
      const text = typeof value === "string" || typeof value === "number" ? String(value) : "";
      return text === "" || text.length > LONGEST_KEPT ? [] : [[name, text]];
    }),
  );
}

export const LONGEST_KEPT = 4_000;

/** A token: text that fits on one line of a header. Anything else is as good as none. */
export function tokenAt(data: object, path: string): string | null {
  const value = readPlace(data, path);
  // oxlint-disable-next-line no-control-regex -- RFC 6749 appendix A.12: visible characters and spaces
  return typeof value === "string" && value.trim() !== "" && !/[\0-\x1f\x7f]/.test(value) ? value : null;
}

/** More, and longer ones, than any provider has: what is beyond is not kept. */
const MOST_SCOPES = 1_000;
const LONGEST_SCOPE = 500;

/** RFC 6749 §3.3 separates them by spaces; commas are common whatever the request used. */
function scopesAt(data: object, path: string): readonly string[] | null {
  const value = readPlace(data, path);
  const words = Array.isArray(value) ? value : typeof value === "string" ? value.split(/[\s,]+/) : [];
  const scopes = words.filter(
    (word): word is string =>
      // oxlint-disable-next-line no-control-regex -- RFC 6749 §3.3; and no database stores a NUL
      typeof word === "string" && word.length <= LONGEST_SCOPE && /^[^\0-\x1f\x7f]+$/.test(word),
  );
  return scopes.length === 0 ? null : [...new Set(scopes)].slice(0, MOST_SCOPES);
}
