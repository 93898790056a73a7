import type { OAuth2, TokenSetPaths } from "../connector/oauth.ts";
import type { Desk } from "./desk.ts";
import type { Grant } from "./ledger.ts";
import type { Refusal } from "./refusal.ts";
import { jsonAnswer } from "./reply.ts";
import type { Answer } from "./reply.ts";
import { writePlace } from "./write-place.ts";

/** What the token endpoint hands out. */
export interface Issued {
  readonly grant: Grant;
  readonly sets: readonly IssuedSet[];
}

export interface IssuedSet {
  readonly set: string;
  readonly accessToken: string;
  /** Null: the response does not name one. */
  readonly refreshToken: string | null;
  readonly endsAt: number | null;
}

/** A token response in the definition's shape. */
export function tokenAnswer(desk: Desk, oauth: OAuth2, issued: Issued): Answer {
  const body: Record<string, unknown> = {};
  const isAlone = issued.sets.length === 1 && desk.behavior.setsAnswerAt !== "own";
  for (const set of issued.sets) {
    const own = set.set === "main" ? undefined : oauth.response.sets[set.set];
    writeSet(desk, oauth, body, {
      paths: isAlone ? oauth.response : (own ?? oauth.response),
      set,
      grant: issued.grant,
    });
  }
  const kept = Object.entries(oauth.response.keep);
  for (const [name, path] of kept) {
    writePlace(body, path, desk.kept.token[name]);
  }
  writePlace(body, "token_type", "Bearer");
  return written(desk, oauth, 200, body, null);
}

function writeSet(
  desk: Desk,
  oauth: OAuth2,
  body: Record<string, unknown>,
  { paths, set, grant }: { readonly paths: TokenSetPaths; readonly set: IssuedSet; readonly grant: Grant },
): void {
  writePlace(body, paths.accessToken, set.accessToken);
  if (set.refreshToken !== null) {
    writePlace(body, paths.refreshToken, set.refreshToken);
  }
  const scopes = set.set === "main" || grant.userScopes.length === 0 ? grant.scopes : grant.userScopes;
  if (scopes.length > 0) {
    writePlace(body, paths.scope, scopes.join(oauth.scopes.separator));
  }
  if (set.endsAt !== null && desk.tellsExpiry && paths.expiry.form !== "jwt") {
    writePlace(body, paths.expiry.path, expiryOf(desk, paths.expiry, set.endsAt));
  }
  if (paths.refreshExpiresIn !== undefined && set.refreshToken !== null) {
    const { idleLifetime, absoluteLifetime } = oauth.refresh;
    const lifetime = desk.behavior.refreshLifetime ?? idleLifetime ?? absoluteLifetime ?? 90 * 86_400;
    writePlace(body, paths.refreshExpiresIn, lifetime);
  }
}

const MS_PER_UNIT = { seconds: 1_000, milliseconds: 1, minutes: 60_000 } as const;

function expiryOf(desk: Desk, expiry: TokenSetPaths["expiry"], endsAt: number): number | string {
  const unit = MS_PER_UNIT[expiry.unit];
  if (expiry.form === "date" && desk.behavior.dateForm === "iso") {
    return new Date(endsAt).toISOString();
  }
  const told = Math.round((expiry.form === "date" ? endsAt : endsAt - desk.now()) / unit);
  return desk.behavior.expiryAsText === true ? String(told) : told;
}

/** An error where the definition expects it, in its own words where it has some. */
export function refusalAnswer(desk: Desk, oauth: OAuth2, refusal: Refusal): Answer {
  const { response } = oauth;
  const usual = { invalid_grant: response.invalidGrant[0], invalid_client: response.invalidClient[0] };
  const code = refusal.code in usual ? (Reflect.get(usual, refusal.code) as string | undefined) : undefined;
  const body: Record<string, unknown> = {};
  writePlace(body, response.error, code ?? refusal.code);
  writePlace(body, response.errorDescription, refusal.message);
  const answer = written(
    desk,
    oauth,
    statusOf(desk, refusal),
    body,
    refusal.isComplaint ? refusal.message : null,
  );
  const after = refusal.retryAfter === null ? {} : { "retry-after": String(refusal.retryAfter) };
  return { ...answer, isGood: false, headers: { ...answer.headers, ...after } };
}

function statusOf(desk: Desk, refusal: Refusal): number {
  if (refusal.code === "too_many_requests") {
    return 429;
  }
  return desk.behavior.errorStatus ?? (refusal.code === "invalid_client" ? 401 : 400);
}

function written(
  desk: Desk,
  oauth: OAuth2,
  status: number,
  body: Record<string, unknown>,
  complaint: string | null,
): Answer {
  const { format } = oauth.response;
  if (format === "json" || (format === "auto" && desk.behavior.format !== "form")) {
    return jsonAnswer(status, body, complaint);
  }
  const pairs = Object.entries(body).map(([name, value]): [string, string] => [name, String(value)]);
  return {
    isGood: true,
    status,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(pairs).toString(),
    complaint,
  };
}
