import type { OAuth2 } from "../connector/oauth.ts";
import type { FakeRequest } from "./behavior.ts";
import type { Desk } from "./desk.ts";
import { oauthOf } from "./desk.ts";
import { fillKnown, readPlaces } from "./places.ts";
import { Refusal, requireThat } from "./refusal.ts";
import type { Answer } from "./reply.ts";

/**
 * The authorization endpoint (RFC 6749 §4.1.1): a person who always agrees, unless `denial` says otherwise.
 * A wrong client or redirect URI is told to the person; everything else, to the client.
 */
export function authorize(desk: Desk, request: FakeRequest, denial: string | null): Answer {
  const { query } = request;
  const redirectUri = query.get("redirect_uri") ?? "";
  const registered = desk.behavior.redirectUri ?? redirectUri;
  if (
    query.get("client_id") !== desk.client.clientId ||
    redirectUri !== registered ||
    !URL.canParse(redirectUri)
  ) {
    return page(400, "The client or its redirect URI is unknown.");
  }
  try {
    const answer = denial === null ? grantOf(desk, oauthOf(desk), query) : denied(denial);
    return redirect(redirectUri, { ...answer, ...stateOf(query) });
  } catch (error) {
    if (!(error instanceof Refusal)) {
      throw error;
    }
    const told = { error: error.code, error_description: error.message, ...stateOf(query) };
    return {
      ...redirect(redirectUri, told),
      isGood: false,
      complaint: error.isComplaint ? error.message : null,
    };
  }
}

function grantOf(desk: Desk, oauth: OAuth2, query: URLSearchParams): Record<string, string> {
  requireThat(
    query.get("response_type") === "code",
    "response_type must be code.",
    "unsupported_response_type",
  );
  requireThat((query.get("state") ?? "").length >= 8, "state must be there, and not to be guessed.");
  const challenge = challengeOf(oauth, query);
  const scopes = requireScopes(oauth, oauth.scopes.param, oauth.scopes.default, query);
  const { user } = oauth.scopes;
  const userScopes = user === undefined ? [] : requireScopes(oauth, user.param, user.default, query);
  const wrong = Object.entries(oauth.authorizeParams).filter(([name, template]) => {
    const value = query.get(name);
    return value === null || readPlaces(fillKnown(template, desk.known), value) === null;
  });
  requireThat(
    wrong.length === 0,
    `${wrong.map(([name]) => name).join(", ")} must be as the definition says.`,
  );
  const isAllowed = (scope: string): boolean => desk.behavior.withheldScopes?.includes(scope) !== true;
  const grant = desk.ledger.openGrant({
    scopes: scopes.filter(isAllowed),
    userScopes: userScopes.filter(isAllowed),
    offline: isOffline(oauth, scopes.filter(isAllowed)),
  });
  const code = desk.ledger.issueCode({ grant, redirectUri: query.get("redirect_uri") ?? "", challenge });
  return { [oauth.callback.code]: code, ...desk.kept.callback };
}

/** RFC 7636 §4.3, S256 only. */
function challengeOf(oauth: OAuth2, query: URLSearchParams): string | null {
  const challenge = query.get("code_challenge");
  requireThat(challenge === null || oauth.pkce !== "forbidden", "code_challenge is not understood here.");
  requireThat(challenge !== null || oauth.pkce !== "required", "code_challenge must be there.");
  if (challenge === null) {
    return null;
  }
  requireThat(query.get("code_challenge_method") === "S256", "code_challenge_method must be S256.");
  requireThat(/^[A-Za-z0-9_-]{43}$/.test(challenge), "code_challenge is no S256 challenge.");
  return challenge;
}

/** Scopes joined by the wrong separator are one long unknown scope. */
function requireScopes(
  oauth: OAuth2,
  param: string,
  usual: readonly string[],
  query: URLSearchParams,
): string[] {
  const { separator, available } = oauth.scopes;
  const asked = (query.get(param) ?? "").split(separator).filter((scope) => scope !== "");
  requireThat(asked.length > 0 || usual.length === 0, `${param} must be there.`, "invalid_scope");
  const isListed = Object.keys(available).length > 0 || usual.length > 0;
  const unknown = asked.filter((scope) => !Object.hasOwn(available, scope) && !usual.includes(scope));
  requireThat(!isListed || unknown.length === 0, `No such scope: ${unknown.join(", ")}.`, "invalid_scope");
  return asked;
}

/** Where offline access is a scope, a grant without it ends with its first access token. */
function isOffline(oauth: OAuth2, scopes: readonly string[]): boolean {
  const asks = [...Object.keys(oauth.scopes.available), ...oauth.scopes.default].filter(isOfflineScope);
  return asks.length === 0 || scopes.some(isOfflineScope);
}

function isOfflineScope(scope: string): boolean {
  return /(^|[.:/_])offline([._]access)?$|^refresh_token$/.test(scope);
}

function denied(error: string): Record<string, string> {
  return { error, error_description: "The person said no." };
}

function stateOf(query: URLSearchParams): Record<string, string> {
  const state = query.get("state");
  return state === null ? {} : { state };
}

function redirect(uri: string, parameters: Readonly<Record<string, string>>): Answer {
  const location = new URL(uri);
  for (const [name, value] of Object.entries(parameters)) {
    location.searchParams.set(name, value);
  }
  return { status: 302, headers: { location: location.href }, body: "", complaint: null, isGood: true };
}

function page(status: number, message: string): Answer {
  return {
    status,
    headers: { "content-type": "text/html" },
    body: `<!doctype html><title>Error</title><p>${message}`,
    complaint: message,
    isGood: false,
  };
}
