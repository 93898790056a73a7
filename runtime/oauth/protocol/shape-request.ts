import type { TokenRequest } from "#sdk/connector/oauth.ts";
import { fill } from "../resolve.ts";
import type { Places } from "../resolve.ts";

/** A token request as OAuth has it: parameters, and headers that may prove the app. */
export interface StandardRequest {
  readonly url: URL;
  readonly params: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
}

/** The request as the provider wants it on the wire. */
export interface ShapedRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array | null;
  readonly params: URLSearchParams;
}

/** Writes a token request in the way of its provider: where its parameters go, and which ones. */
export function shapeRequest(standard: StandardRequest, wanted: TokenRequest, places: Places): ShapedRequest {
  const plain = (value: string): string => value;
  const params = new URLSearchParams([...standard.params].filter(([name]) => !wanted.omit.includes(name)));
  for (const [name, template] of Object.entries(wanted.params)) {
    params.set(name, fill(template, places, plain));
  }
  const body = wanted.method === "GET" ? "query" : wanted.body;
  const { "content-type": _, "user-agent": __, ...kept } = standard.headers;
  const headers = new Map(Object.entries(kept));
  if (body !== "query") {
    headers.set("content-type", CONTENT_TYPES[body]);
  }
  for (const [name, template] of Object.entries(wanted.headers)) {
    headers.set(name.toLowerCase(), fill(template, places, plain));
  }
  return {
    url: body === "query" ? withQuery(standard.url, params) : standard.url.href,
    method: wanted.method,
    headers: [...headers],
    body: body === "query" ? null : Buffer.from(body === "json" ? jsonOf(params) : params.toString()),
    params,
  };
}

const CONTENT_TYPES = { form: "application/x-www-form-urlencoded", json: "application/json" } as const;

function withQuery(url: URL, params: URLSearchParams): string {
  const whole = new URL(url);
  for (const [name, value] of params) {
    whole.searchParams.append(name, value);
  }
  return whole.href;
}

function jsonOf(params: URLSearchParams): string {
  return JSON.stringify(Object.fromEntries(params));
}
