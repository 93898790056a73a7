import type { OAuthContext, TokenAnswer } from "./context.ts";

/** Trades the code of a callback for tokens. */
export async function exchangeCode(
  _context: OAuthContext,
  _answer: {
    readonly callback: URLSearchParams;
    readonly state: string;
    readonly verifier: string | null;
    /** What was asked for: the scopes of a response that does not name them (RFC 6749 §5.1). */
    readonly scopes?: readonly string[];
  },
): Promise<TokenAnswer> {
  throw new Error("The protocol is being written.");
}
