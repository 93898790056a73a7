import * as client from "openid-client";
import type { Credential } from "../credential.ts";
import { askProvider } from "./ask-provider.ts";
import { collectTokens, MAIN } from "./collect-tokens.ts";
import type { OAuthContext, TokenAnswer } from "./context.ts";
import { placesOfCredential } from "./endpoint.ts";
import { lookUp } from "./look-up.ts";
import { newCredential } from "./new-credential.ts";
import { answered } from "./refusal.ts";

/** Tokens for the app itself: the client credentials grant (RFC 6749 §4.4). */
export function requestAppTokens(context: OAuthContext): Promise<TokenAnswer> {
  return answered(async () => {
    const answer = await askAsApp(context, newCredential(context, {}));
    return answer.kind === "tokens" ? lookUp(context, answer.credential) : answer;
  });
}

/** The same, for a credential that is there already. */
export async function askAsApp(context: OAuthContext, before: Credential): Promise<TokenAnswer> {
  const { scopes, tokenUrl, request } = context.method;
  const wanted = context.app.scopes ?? scopes.default;
  const scope = wanted.join(scopes.separator);
  const asked = await askProvider(context, {
    endpoint: tokenUrl,
    request,
    places: placesOfCredential(context, before),
    secrets: [],
    ask: (configuration) =>
      client.clientCredentialsGrant(configuration, scope === "" ? {} : { [scopes.param]: scope }),
  });
  return asked.kind === "data" ? collectTokens(context, asked, before, { set: MAIN, scopes: wanted }) : asked;
}
