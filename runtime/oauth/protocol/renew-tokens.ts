import * as client from "openid-client";
import type { OAuth2 } from "#sdk/connector/oauth.ts";
import type { Credential, TokenSet } from "../credential.ts";
import { askProvider } from "./ask-provider.ts";
import type { Question } from "./ask-provider.ts";
import { collectTokens } from "./collect-tokens.ts";
import type { OAuthContext, TokenAnswer } from "./context.ts";
import { placesOfCredential, refreshEndpoint } from "./endpoint.ts";
import { askAsApp } from "./request-app-tokens.ts";

/**
 * Renews what is due of a credential, in the way that its connector says; all of it when nothing is due. Token sets
 * are renewed one after the other: when a later one fails, the answer is what was renewed until then, because a
 * rotated refresh token must never be lost, and what is still due fails again by itself.
 */
export async function renewTokens(context: OAuthContext, credential: Credential): Promise<TokenAnswer> {
  const { method, now = Date.now } = context;
  const by = wayOf(method, credential);
  if (by === "again") {
    return askAsApp(context, credential);
  }
  const renewable = Object.entries(credential.tokens).filter(
    ([, set]) => by === "exchange" || hasRefreshToken(set),
  );
  if (by === "none" || renewable.length === 0) {
    return {
      kind: "refused",
      code: "invalid_grant",
      message:
        "The access token has ended, and there is no refresh token. The account has to be connected again.",
    };
  }
  let renewed: Extract<TokenAnswer, { kind: "tokens" }> | undefined;
  for (const [name, set] of dueOf(renewable, method.refresh.margin, now())) {
    if (renewed !== undefined) {
      await context.keep?.(renewed.credential);
    }
    const answer = await renewSet(context, renewed?.credential ?? credential, { name, set, by });
    if (answer.kind !== "tokens") {
      return renewed ?? answer;
    }
    renewed = answer;
  }
  return renewed ?? { kind: "tokens", credential };
}

type Way = OAuth2["refresh"]["by"];

/** An app that authenticates as itself has no refresh token to use: it asks again (RFC 6749 §4.4.3). */
function wayOf(method: OAuth2, { tokens }: Credential): Way {
  const { by } = method.refresh;
  const asks = by === "refresh_token" && method.grant === "client_credentials";
  return asks && !Object.values(tokens).some(hasRefreshToken) ? "again" : by;
}

function hasRefreshToken({ refreshToken }: TokenSet): boolean {
  return refreshToken !== null && refreshToken !== "";
}

/** Sets that end soon; half as much again as the margin, because renewals are spread by jitter. */
function dueOf(
  sets: readonly (readonly [string, TokenSet])[],
  margin: number,
  now: number,
): readonly (readonly [string, TokenSet])[] {
  const due = sets.filter(([, { expiresAt, issuedAt }]) => {
    const ahead = Math.min(margin * 1_000, ((expiresAt ?? 0) - issuedAt) / 2) * 1.5;
    return expiresAt !== null && expiresAt - ahead <= now;
  });
  return due.length > 0 ? due : sets;
}

async function renewSet(
  context: OAuthContext,
  credential: Credential,
  { name, set, by }: { readonly name: string; readonly set: TokenSet; readonly by: Way },
): Promise<TokenAnswer> {
  const asked = await askProvider(context, {
    ...refreshEndpoint(context.method),
    places: placesOfCredential(context, credential),
    secrets: [],
    ask: by === "exchange" ? exchangeToken(context.method, set) : useRefreshToken(set),
  });
  return asked.kind === "data"
    ? collectTokens(context, asked, credential, { set: name, scopes: set.scopes })
    : asked;
}

function useRefreshToken({ refreshToken }: TokenSet): Question["ask"] {
  return (configuration) => client.refreshTokenGrant(configuration, refreshToken ?? "");
}

/** The access token itself is what is traded in. */
function exchangeToken({ refresh }: OAuth2, { accessToken }: TokenSet): Question["ask"] {
  const { grantType, tokenParam } = refresh.exchange ?? {
    grantType: "urn:ietf:params:oauth:grant-type:token-exchange",
    tokenParam: "subject_token",
  };
  return (configuration) =>
    client.genericGrantRequest(configuration, grantType, { [tokenParam]: accessToken });
}
