import * as client from "openid-client";
import { readPlace } from "#sdk/connector/read-place.ts";
import type { OAuth2, TokenSetPaths } from "#sdk/connector/oauth.ts";
import type { Credential, TokenSet } from "../credential.ts";
import { askProvider } from "./ask-provider.ts";
import type { Asked } from "./ask-provider.ts";
import type { OAuthContext, TokenAnswer } from "./context.ts";
import { placesOfCredential } from "./endpoint.ts";
import { endAfter } from "./read-expiry.ts";
import { readAnswer } from "./read-answer.ts";
import { readKept, readTokenSet } from "./read-tokens.ts";
import type { ReadSet } from "./read-tokens.ts";

type Answered = Extract<Asked, { kind: "data" }>;

/**
 * The credential that an answer makes of the one before. `set`: the token set that was asked for anew; providers
 * tell it at its own place or, since it was asked for alone, where `main` stands.
 */
export async function collectTokens(
  context: OAuthContext,
  { data, receivedAt }: Answered,
  before: Credential,
  asked: { readonly set: string; readonly scopes: readonly string[] },
): Promise<TokenAnswer> {
  const read = (paths: TokenSetPaths, previous: TokenSet | undefined): ReadSet | null =>
    readTokenSet(paths, { data, receivedAt, previous, scopes: asked.scopes });
  const { response } = context.method;
  const found = new Map<string, ReadSet>();
  for (const [name, paths] of Object.entries({ main: response, ...response.sets })) {
    const set = read(paths, before.tokens[name]);
    if (set !== null) {
      found.set(name, set);
    }
  }
  if (asked.set !== MAIN && !found.has(asked.set)) {
    const alone = read(response, before.tokens[asked.set]);
    found.clear();
    if (alone !== null) {
      found.set(asked.set, alone);
    }
  }
  if (found.size === 0) {
    return {
      kind: "unavailable",
      message: "The provider's answer to a token request has no access token in it.",
      retryAfterMs: null,
      mayHaveArrived: true,
    };
  }
  const tokens = new Map(Object.entries(before.tokens));
  for (const [name, { set, introspect }] of found) {
    tokens.set(name, introspect ? { ...set, expiresAt: await askForEnd(context, before, set) } : set);
  }
  const token = { ...before.token, ...readKept(response.keep, data) };
  return { kind: "tokens", credential: { ...before, tokens: Object.fromEntries(tokens), token } };
}

/** The token set that needs no name. */
export const MAIN = "main";

/** Shorter than other requests have: the tokens that it is about are nowhere but in memory while it lasts. */
const INTROSPECTION_MS = 5_000;
// Of all lifetimes the commonest; a token that ends earlier is found out by its first refusal.
const ASSUMED_LIFETIME_S = 3_600;

/** When a token ends, by the introspection endpoint (RFC 7662 §2.2); an hour from now when that cannot be asked. */
async function askForEnd(context: OAuthContext, before: Credential, set: TokenSet): Promise<number | null> {
  const assumed = endAfter(ASSUMED_LIFETIME_S, set.issuedAt);
  const { introspectUrl, response } = context.method;
  if (introspectUrl === undefined) {
    return assumed;
  }
  const credential = { ...before, tokens: { ...before.tokens, [MAIN]: set } };
  const asked = await askProvider(
    { ...context, deadlineMs: INTROSPECTION_MS },
    {
      endpoint: introspectUrl,
      request: AS_STANDARD,
      places: placesOfCredential(context, credential),
      secrets: [set.accessToken],
      ask: (configuration) =>
        client.tokenIntrospection(configuration, set.accessToken, { token_type_hint: "access_token" }),
      read: (answer) => readAnswer(answer, { ...response, format: "json" }),
    },
  );
  if (asked.kind !== "data") {
    return assumed;
  }
  return endAfter(Number(readPlace(asked.data, "exp")) - set.issuedAt / 1_000, set.issuedAt) ?? assumed;
}

/** A request as its RFC has it. */
export const AS_STANDARD: OAuth2["request"] = {
  method: "POST",
  body: "form",
  headers: {},
  params: {},
  omit: [],
};
