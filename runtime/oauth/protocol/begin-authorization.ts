import type { OAuthContext } from "./context.ts";

/** The address where a person allows access, and the PKCE verifier to keep until the callback. */
export async function beginAuthorization(
  _context: OAuthContext,
  _asked: { readonly state: string; readonly scopes?: readonly string[] },
): Promise<{ readonly url: string; readonly verifier: string | null }> {
  throw new Error("The protocol is being written.");
}
