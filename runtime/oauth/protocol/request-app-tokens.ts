import type { OAuthContext, TokenAnswer } from "./context.ts";

/** Tokens for the app itself: the client credentials grant (RFC 6749 §4.4). */
export async function requestAppTokens(_context: OAuthContext): Promise<TokenAnswer> {
  throw new Error("The protocol is being written.");
}
