import * as client from "openid-client";
import { matchesHost } from "#runtime/egress/policy.ts";
import { askProvider } from "./ask-provider.ts";
import { collectTokens, MAIN } from "./collect-tokens.ts";
import type { OAuthContext, TokenAnswer } from "./context.ts";
import { placesOfCredential } from "./endpoint.ts";
import { lookUp } from "./look-up.ts";
import { newCredential } from "./new-credential.ts";
import { LONGEST_KEPT } from "./read-tokens.ts";
import { answered } from "./refusal.ts";
import { resolveHosts } from "../resolve.ts";

/** What came back from the browser, and what was kept of its beginning. */
export interface CallbackAnswer {
  readonly callback: URLSearchParams;
  readonly state: string;
  readonly verifier: string | null;
  /** What was asked for: the scopes of a response that does not name them (RFC 6749 §5.1). */
  readonly scopes?: readonly string[];
}

/** Trades the code of a callback for tokens. */
export function exchangeCode(context: OAuthContext, answer: CallbackAnswer): Promise<TokenAnswer> {
  return answered(() => exchange(context, answer));
}

async function exchange(context: OAuthContext, answer: CallbackAnswer): Promise<TokenAnswer> {
  const { method } = context;
  if (method.pkce === "required" && answer.verifier === null) {
    return refused("The authorization began without PKCE, which its connector requires. Begin it again.");
  }
  const credential = newCredential(context, keptOf(answer.callback, method.callback.keep));
  const places = placesOfCredential(context, credential);
  if (!issuedHere(context, answer.callback)) {
    return refused(
      "The callback comes from another provider than the one that was asked (RFC 9207): its iss is not on the connector's hosts.",
    );
  }
  const asked = await askProvider(context, {
    endpoint: method.tokenUrl,
    request: method.request,
    places,
    secrets: [answer.callback.get(method.callback.code) ?? "", answer.verifier ?? ""],
    ask: (configuration) =>
      client.authorizationCodeGrant(configuration, callbackUrl(context, answer.callback), {
        expectedState: answer.state,
        ...(answer.verifier === null ? {} : { pkceCodeVerifier: answer.verifier }),
      }),
  });
  if (asked.kind !== "data") {
    return asked;
  }
  const scopes = answer.scopes ?? method.scopes.default;
  const collected = await collectTokens(context, asked, credential, { set: MAIN, scopes });
  return collected.kind === "tokens" ? lookUp(context, collected.credential) : collected;
}

/** The callback with the names that the standard has; every other parameter is left out. */
function callbackUrl({ method, redirectUri }: OAuthContext, callback: URLSearchParams): URL {
  const url = new URL(redirectUri);
  for (const [standard, own] of Object.entries({
    code: method.callback.code,
    state: "state",
    error: "error",
    error_description: "error_description",
  })) {
    // All of them: what is there twice is refused.
    for (const value of callback.getAll(own)) {
      url.searchParams.append(standard, value);
    }
  }
  return url;
}

function keptOf(callback: URLSearchParams, keep: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    keep.flatMap((name) => {
      const [value = "", ...more] = callback.getAll(name);
      // oxlint-disable-next-line no-control-regex -- it may become part of a header
      const usable = more.length === 0 && value.length <= LONGEST_KEPT && !/[\0-\x1f\x7f]/.test(value);
      return usable && value !== "" ? [[name, value]] : [];
    }),
  );
}

/**
 * RFC 9207 against mix-up: a callback that names its issuer must name one of this connector. Definitions do not
 * name an issuer, so its host is what is compared; a definition that keeps `iss` has a use of its own for it.
 */
function issuedHere(context: OAuthContext, callback: URLSearchParams): boolean {
  const issuers = callback.getAll("iss").filter((iss) => URL.canParse(iss));
  if (issuers.length === 0 || context.method.callback.keep.includes("iss")) {
    return true;
  }
  const credential = newCredential(context, keptOf(callback, context.method.callback.keep));
  const hosts = resolveHosts(context.connector, placesOfCredential(context, credential));
  return issuers.every((iss) => hosts.some((pattern) => matchesHost(pattern, new URL(iss))));
}

function refused(message: string): TokenAnswer {
  return { kind: "refused", code: "other", message };
}
