import type { Credential } from "../credential.ts";
import type { OAuthContext, TokenAnswer } from "./context.ts";

/** Renews what is due of a credential, in the way that its connector says; all of it when nothing is due. */
export async function renewTokens(_context: OAuthContext, _credential: Credential): Promise<TokenAnswer> {
  throw new Error("The protocol is being written.");
}
