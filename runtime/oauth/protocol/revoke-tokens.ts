import type { Credential } from "../credential.ts";
import type { OAuthContext } from "./context.ts";

/** Ends a credential at the provider (RFC 7009). */
export async function revokeTokens(
  _context: OAuthContext,
  _credential: Credential,
): Promise<{ readonly revoked: boolean; readonly reason: string | null }> {
  throw new Error("The protocol is being written.");
}
