import { TenonError } from "#runtime/errors.ts";
import type { EgressRequest } from "./fetch.ts";
import { isStream } from "./fill-body.ts";
import { utf8, withoutBodyHeaders, withoutCredentials } from "./headers.ts";
import { hostOf } from "./policy.ts";
import { targetUrl } from "./request.ts";
import { unsubstitute } from "./substitute.ts";
import type { Hop } from "./substitute.ts";

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MAX_REDIRECTS = 20;

/**
 * The request that a response asks for next (Fetch §4.4); null when it is the answer itself. It is built from
 * the placeholder form, so a secret has to be allowed again wherever the redirect leads.
 */
export function nextHop(
  hop: Hop,
  answer: { readonly status: number; readonly location: string | null },
  redirects: number,
  request: Pick<EgressRequest, "redirect" | "secrets">,
): Hop | null {
  if (!REDIRECTS.has(answer.status) || answer.location === null || request.redirect === "manual") {
    return null;
  }
  if (request.redirect === "error") {
    throw redirectError(
      `${hostOf(hop.url)} answered with a redirect, and the request says redirect: "error".`,
    );
  }
  if (redirects >= MAX_REDIRECTS) {
    throw redirectError(
      `The request was redirected more than ${String(MAX_REDIRECTS)} times, last by ${hostOf(hop.url)}.`,
    );
  }
  if (answer.status !== 303 && isStream(hop.body)) {
    throw redirectError(
      `${hostOf(hop.url)} answered with a redirect (${String(answer.status)}), and a body that is a stream cannot be sent twice. Send it from memory, or straight to where the redirect leads.`,
    );
  }
  // As it is written, because a host loses its capitals; and as the URL parser settles its spelling.
  const written = unsubstitute(utf8(answer.location), request.secrets);
  const url = targetUrl(unsubstitute(targetUrl(written, hop.url).href, request.secrets));
  const kept = keepsBody(hop.method, answer.status)
    ? hop
    : { ...hop, method: "GET", body: null, headers: withoutBodyHeaders(hop.headers) };
  return {
    ...kept,
    url,
    headers: url.origin === hop.url.origin ? kept.headers : withoutCredentials(kept.headers),
  };
}

function keepsBody(method: string, status: number): boolean {
  if (status === 303) {
    return method === "GET" || method === "HEAD";
  }
  return status === 307 || status === 308 || method !== "POST";
}

function redirectError(message: string): TenonError {
  return new TenonError("TENON_FETCH_FAILED", "caller", 502, message);
}
