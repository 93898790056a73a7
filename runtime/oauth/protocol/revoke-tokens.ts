import * as client from "openid-client";
import type { TokenResponse } from "#sdk/connector/oauth.ts";
import type { Credential, TokenSet } from "../credential.ts";
import { askProvider } from "./ask-provider.ts";
import { AS_STANDARD } from "./collect-tokens.ts";
import type { OAuthContext } from "./context.ts";
import { placesOfCredential } from "./endpoint.ts";
import { parseBody, readAnswer } from "./read-answer.ts";
import type { Reading } from "./read-answer.ts";
import type { RawAnswer } from "./send.ts";

/** What ending a credential at its provider came to. */
export interface Revocation {
  readonly revoked: boolean;
  /** Why not; null when it is revoked. */
  readonly reason: string | null;
}

/** Ends a credential at the provider (RFC 7009), every token set of it. */
export async function revokeTokens(context: OAuthContext, credential: Credential): Promise<Revocation> {
  const { revokeUrl } = context.method;
  const sets = Object.values(credential.tokens);
  if (revokeUrl === undefined || sets.length === 0) {
    const reason =
      revokeUrl === undefined
        ? "The connector has no address where tokens are revoked. The access can be taken away in the provider's own settings."
        : "The connection holds no token.";
    return { revoked: false, reason };
  }
  const reasons: string[] = [];
  for (const set of sets) {
    const reason = await revokeSet(context, credential, { set, endpoint: revokeUrl });
    reasons.push(...(reason === null ? [] : [reason]));
  }
  return { revoked: reasons.length === 0, reason: reasons[0] ?? null };
}

async function revokeSet(
  context: OAuthContext,
  credential: Credential,
  { set, endpoint }: { readonly set: TokenSet; readonly endpoint: string },
): Promise<string | null> {
  const { revoke, revokeRequest, response } = context.method;
  const kind = set.refreshToken === null ? "access_token" : (revoke ?? "refresh_token");
  const token = kind === "access_token" ? set.accessToken : (set.refreshToken ?? set.accessToken);
  const asked = await askProvider(context, {
    endpoint,
    request: revokeRequest ?? AS_STANDARD,
    places: placesOfCredential(context, credential),
    secrets: [],
    ask: (configuration) => client.tokenRevocation(configuration, token, { token_type_hint: kind }),
    read: (answer) => readRevocation(answer, response),
  });
  return asked.kind === "data" ? null : asked.message;
}

/** RFC 7009 §2.2: success needs no body, and a token that is invalid already is as good as revoked. */
function readRevocation(answer: RawAnswer, response: TokenResponse): Reading {
  if (answer.status < 300 && parseBody(answer, response.format) === null) {
    return { kind: "data", data: {} };
  }
  const reading = readAnswer(answer, response);
  const gone =
    reading.kind === "refused" && /\b(invalid_token|invalid_grant|token_revoked)\b/.test(reading.says);
  return gone ? { kind: "data", data: {} } : reading;
}
