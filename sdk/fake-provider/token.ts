import { createHash } from "node:crypto";
import type { OAuth2 } from "../connector/oauth.ts";
import { authenticateClient } from "./authenticate-client.ts";
import type { FakeRequest } from "./behavior.ts";
import type { Desk } from "./desk.ts";
import { oauthOf } from "./desk.ts";
import type { Grant, RefreshToken } from "./ledger.ts";
import { Refusal, ended, requireThat } from "./refusal.ts";
import type { Answer } from "./reply.ts";
import { refusalAnswer, tokenAnswer } from "./token-answer.ts";
import type { Issued } from "./token-answer.ts";
import { anyParameters, legOf, readParameters, requestFormOf, requireParameters } from "./token-request.ts";
import type { TokenLeg } from "./token-request.ts";

type Parameters = Readonly<Record<string, string>>;

/** The token endpoint (RFC 6749 §4.1.3, §4.4 and §6) with what the definition says differently. */
export function answerToken(desk: Desk, request: FakeRequest): Answer {
  const oauth = oauthOf(desk);
  try {
    const leg = legOf(oauth, anyParameters(request));
    const form = requestFormOf(oauth, leg);
    const parameters = readParameters(desk, form, request);
    authenticateClient(desk, oauth, request, parameters, form.omit);
    requireParameters(desk, oauth, leg, parameters);
    return tokenAnswer(desk, oauth, grantTokens(desk, oauth, leg, parameters));
  } catch (error) {
    if (!(error instanceof Refusal)) {
      throw error;
    }
    return refusalAnswer(desk, oauth, error);
  }
}

/** Whether a request renews tokens, for those who count. */
export function isRenewal(desk: Desk, request: FakeRequest): boolean {
  const leg = legOf(oauthOf(desk), anyParameters(request));
  return leg === "refresh" || leg === "exchange";
}

function grantTokens(desk: Desk, oauth: OAuth2, leg: TokenLeg, parameters: Parameters): Issued {
  switch (leg) {
    case "code":
      return tradeCode(desk, oauth, parameters);
    case "refresh":
      return refresh(desk, oauth, parameters["refresh_token"] ?? "");
    case "exchange":
      return exchange(desk, oauth, parameters);
    case "app":
    default:
      return grantApp(desk, oauth, parameters);
  }
}

function tradeCode(desk: Desk, oauth: OAuth2, parameters: Parameters): Issued {
  const code = desk.ledger.spendCode(parameters["code"] ?? "");
  if (!oauth.request.omit.includes("redirect_uri")) {
    requireThat(
      parameters["redirect_uri"] === code.redirectUri,
      "redirect_uri is not that of the code.",
      "invalid_grant",
    );
  }
  requireVerifier(code.challenge, parameters["code_verifier"]);
  countCall(desk, oauth, code.grant);
  return issue(desk, oauth, code.grant, ["main", ...Object.keys(oauth.response.sets)], code.grant.offline);
}

/** RFC 7636 §4.6, and the other way round: what was not announced is not proved. */
function requireVerifier(challenge: string | null, verifier: string | undefined): void {
  if (challenge === null) {
    return requireThat(verifier === undefined, "code_verifier without a code_challenge.", "invalid_grant");
  }
  requireThat(verifier !== undefined, "code_verifier must be there.", "invalid_grant");
  requireThat(
    /^[A-Za-z0-9._~-]{43,128}$/.test(verifier),
    "code_verifier has the wrong form.",
    "invalid_grant",
  );
  const hash = createHash("sha256").update(verifier).digest("base64url");
  requireThat(hash === challenge, "code_verifier does not fit the code_challenge.", "invalid_grant");
}

function refresh(desk: Desk, oauth: OAuth2, value: string): Issued {
  requireThat(
    oauth.refresh.by === "refresh_token",
    "Refresh tokens are not for this.",
    "unsupported_grant_type",
  );
  const token = desk.ledger.useRefresh(value);
  requireDue(desk, oauth, token.grant, token.set);
  countCall(desk, oauth, token.grant);
  token.grant.renewals += 1;
  const rotates = rotatesNow(desk, oauth, token);
  if (rotates) {
    desk.ledger.spendRefresh(token);
  }
  const issued = issue(desk, oauth, token.grant, [token.set], rotates);
  return rotates ? issued : withUnrotated(desk, issued, token);
}

function rotatesNow(desk: Desk, oauth: OAuth2, token: RefreshToken): boolean {
  const every = desk.behavior.rotateEvery ?? 2;
  const { rotation } = oauth.refresh;
  return rotation === "always" || (rotation === "sometimes" && token.grant.renewals % every === 0);
}

function withUnrotated(desk: Desk, issued: Issued, token: RefreshToken): Issued {
  const says = { omit: null, same: token.value, empty: "" }[desk.behavior.unrotated ?? "omit"];
  return { ...issued, sets: issued.sets.map((set) => ({ ...set, refreshToken: says })) };
}

function exchange(desk: Desk, oauth: OAuth2, parameters: Parameters): Issued {
  const value = parameters[oauth.refresh.exchange?.tokenParam ?? ""] ?? "";
  const token = desk.ledger.liveAccess(value);
  if (token === null) {
    throw ended("The access token has ended.");
  }
  requireDue(desk, oauth, token.grant, token.set);
  countCall(desk, oauth, token.grant);
  token.grant.renewals += 1;
  return issue(desk, oauth, token.grant, [token.set], false);
}

function grantApp(desk: Desk, oauth: OAuth2, parameters: Parameters): Issued {
  const isAllowed = oauth.grant === "client_credentials" || oauth.refresh.by === "again";
  requireThat(isAllowed, "The app gets no tokens of its own.", "unauthorized_client");
  const { param, separator } = oauth.scopes;
  const scopes = (parameters[param] ?? "").split(separator).filter((scope) => scope !== "");
  const known = new Set([...Object.keys(oauth.scopes.available), ...oauth.scopes.default]);
  requireThat(
    known.size === 0 || scopes.every((scope) => known.has(scope)),
    "No such scope.",
    "invalid_scope",
  );
  requireThat(
    scopes.length > 0 || oauth.scopes.default.length === 0,
    `${param} must be there.`,
    "invalid_scope",
  );
  const grant = desk.ledger.openGrant({ scopes, userScopes: [], offline: false });
  countCall(desk, oauth, grant);
  return issue(desk, oauth, grant, ["main"], false);
}

function issue(
  desk: Desk,
  oauth: OAuth2,
  grant: Grant,
  sets: readonly string[],
  withRefreshToken: boolean,
): Issued {
  const hasRefreshToken = withRefreshToken && oauth.refresh.by === "refresh_token";
  return {
    grant,
    sets: sets.map((set) => {
      const endsAt = desk.accessLifetime === null ? null : desk.now() + desk.accessLifetime;
      const form = set === "main" ? oauth.response.expiry.form : oauth.response.sets[set]?.expiry.form;
      const value = form === "jwt" && endsAt !== null ? jwtOf(grant, endsAt) : undefined;
      return {
        set,
        accessToken: desk.ledger.issueAccess(grant, set, endsAt, value).value,
        refreshToken: hasRefreshToken ? desk.ledger.issueRefresh(grant, set).value : null,
        endsAt,
      };
    }),
  };
}

/** A JSON Web Token whose signature nobody checks: the client only reads `exp`. */
function jwtOf(grant: Grant, endsAt: number): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = {
    sub: `grant-${String(grant.id)}`,
    exp: Math.floor(endsAt / 1_000),
    jti: crypto.randomUUID(),
  };
  return `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}.${Buffer.from(crypto.randomUUID()).toString("base64url")}`;
}

/** A token that is still good for long is not renewed where the definition says so. */
function requireDue(desk: Desk, oauth: OAuth2, grant: Grant, set: string): void {
  const { notBefore } = oauth.refresh;
  const endsAt = desk.ledger.newestAccess(grant, set)?.endsAt ?? null;
  if (notBefore !== undefined && endsAt !== null && endsAt - desk.now() > notBefore * 1_000) {
    throw new Refusal("token_not_expired", "The access token is still good: too early to renew it.");
  }
}

/** @throws Refusal when the quota is used up; then the call does not count */
function countCall(desk: Desk, oauth: OAuth2, grant: Grant): void {
  const { quota } = oauth.refresh;
  const since = desk.now() - (quota?.per ?? 0) * 1_000;
  const recent = desk.calls.filter(
    (call) => call.at > since && (quota?.of !== "connection" || call.grant === grant.id),
  );
  const [first] = recent;
  if (quota !== undefined && first !== undefined && recent.length >= quota.requests) {
    const retryAfter = Math.max(1, Math.ceil((first.at - since) / 1_000));
    throw new Refusal("too_many_requests", "Too many token requests.", { retryAfter });
  }
  desk.calls.push({ grant: grant.id, at: desk.now() });
}
