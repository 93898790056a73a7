import { InvalidError } from "#runtime/errors.ts";
import type { EgressRequest } from "./fetch.ts";
import { tooLong } from "./fill-body.ts";
import { requestHeaders } from "./headers.ts";
import { hostOf } from "./policy.ts";
import type { Hop } from "./substitute.ts";

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const NORMALIZED = new Set(["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]);
const FORBIDDEN_METHODS = new Set(["CONNECT", "TRACE", "TRACK"]);

/** A guest's request, checked for its form: what Fetch makes of its method, URL, headers and body. */
export function firstHop(request: EgressRequest): Hop {
  const upper = request.method.toUpperCase();
  if (!TOKEN.test(request.method) || FORBIDDEN_METHODS.has(upper)) {
    throw invalid("The method of a request must be an HTTP method other than CONNECT, TRACE and TRACK.");
  }
  const method = NORMALIZED.has(upper) ? upper : request.method;
  if (request.body !== null && (method === "GET" || method === "HEAD")) {
    throw invalid(`A ${method} request has no body; send it with POST, or leave the body out.`);
  }
  if (request.body instanceof Uint8Array && request.body.byteLength > request.bodyLimit) {
    throw tooLong(request.bodyLimit);
  }
  return {
    url: targetUrl(request.url),
    method,
    headers: requestHeaders(request.headers),
    body: request.body,
  };
}

/** A request's URL in the form that is checked and dialled; also what a redirect's target must pass. */
export function targetUrl(text: string, base?: URL): URL {
  if (!URL.canParse(text, base?.href)) {
    throw invalid(
      base === undefined
        ? "The request URL is not an absolute URL."
        : `${base.host} redirects to something that is not a URL.`,
    );
  }
  const url = new URL(text, base);
  if (url.protocol === "wss:" || url.protocol === "ws:") {
    throw invalid(
      `WebSockets cannot be opened (${url.protocol}//${hostOf(url)}): send requests over https instead, or let the service call a webhook.`,
    );
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw invalid(`Only https and http URLs can be fetched, not ${url.protocol}`);
  }
  if (url.username !== "" || url.password !== "") {
    throw invalid(
      `The URL of a request to ${hostOf(url)} holds credentials; send them in the Authorization header.`,
    );
  }
  url.hash = "";
  url.hostname = hostOf(url);
  return url;
}

function invalid(message: string): InvalidError {
  return new InvalidError(message, { code: "TENON_FETCH_INVALID" });
}
