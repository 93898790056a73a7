import type { OAuth2, TokenRequest } from "../connector/oauth.ts";
import { placesOf } from "../connector/places.ts";
import type { FakeRequest } from "./behavior.ts";
import type { Desk } from "./desk.ts";
import { fillKnown, readPlaces } from "./places.ts";
import { Refusal, requireThat } from "./refusal.ts";

/** What is asked of a token endpoint. `app`: tokens for the app itself. */
export type TokenLeg = "code" | "refresh" | "exchange" | "app";

/** The parameters of a request, wherever they stand: what leg it is must be known before its form is checked. */
export function anyParameters(request: FakeRequest): Record<string, string> {
  return { ...Object.fromEntries(request.query), ...bodyParameters(request) };
}

function bodyParameters(request: FakeRequest): Record<string, string> {
  if (!/json/.test(request.headers["content-type"] ?? "")) {
    return Object.fromEntries(new URLSearchParams(request.body));
  }
  try {
    const parsed: unknown = JSON.parse(request.body);
    return typeof parsed === "object" && parsed !== null
      ? Object.fromEntries(Object.entries(parsed).map(([name, value]) => [name, String(value)]))
      : {};
  } catch {
    throw new Refusal("invalid_request", "The body is not JSON.");
  }
}

export function legOf(oauth: OAuth2, parameters: Readonly<Record<string, string>>): TokenLeg {
  const token = oauth.refresh.by === "exchange" ? oauth.refresh.exchange?.tokenParam : undefined;
  if (parameters["code"] !== undefined) {
    return "code";
  }
  if (token !== undefined && parameters[token] !== undefined) {
    return "exchange";
  }
  return parameters["refresh_token"] === undefined ? "app" : "refresh";
}

/** How a leg's request has to be written: a renewal may differ from the first one. */
export function requestFormOf(oauth: OAuth2, leg: TokenLeg): TokenRequest {
  const isRenewal = leg === "refresh" || leg === "exchange";
  const differs = Object.entries(isRenewal ? (oauth.refresh.request ?? {}) : {});
  return {
    ...oauth.request,
    ...Object.fromEntries(differs.filter(([, value]) => value !== undefined)),
  };
}

/**
 * Reads the parameters from where the definition says that they stand, and nowhere else.
 * @throws Refusal for another method, content type, place or header
 */
export function readParameters(desk: Desk, form: TokenRequest, request: FakeRequest): Record<string, string> {
  requireThat(request.method === form.method, `The method must be ${form.method}, not ${request.method}.`);
  const type = (request.headers["content-type"] ?? "").split(";")[0] ?? "";
  const isInBody = form.body !== "query" && form.method !== "GET";
  if (isInBody) {
    const wanted = form.body === "json" ? "application/json" : "application/x-www-form-urlencoded";
    requireThat(type === wanted, `The content type must be ${wanted}, not "${type}".`);
    const stray = [...request.query.keys()].filter((name) =>
      /^(grant_type|code|client_|refresh_token)/.test(name),
    );
    requireThat(stray.length === 0, `${stray.join(", ")} must not be in the query.`);
  } else {
    requireThat(request.body === "", "The parameters belong into the query; the body must be empty.");
  }
  requireHeaders(desk, form, request);
  return isInBody ? bodyParameters(request) : Object.fromEntries(request.query);
}

function requireHeaders(desk: Desk, form: TokenRequest, request: FakeRequest): void {
  for (const [name, template] of Object.entries(form.headers)) {
    const value = request.headers[name.toLowerCase()];
    requireThat(
      value !== undefined && readPlaces(fillKnown(template, desk.known), value) !== null,
      `The header ${name} must be ${template}.`,
    );
  }
}

/** The standard parameters of a leg that the definition leaves as they are, and its own ones. */
export function requireParameters(
  desk: Desk,
  oauth: OAuth2,
  leg: TokenLeg,
  parameters: Readonly<Record<string, string>>,
): void {
  const form = requestFormOf(oauth, leg);
  for (const [name, template] of Object.entries(form.params)) {
    const value = parameters[name];
    const isRight = value !== undefined && readPlaces(fillKnown(template, desk.known), value) !== null;
    requireThat(
      isRight,
      `${name} must be ${placesOf(template).length === 0 ? `"${template}"` : "what the definition says"}.`,
    );
  }
  requireOmitted(form, parameters);
  if (!form.omit.includes("grant_type") && form.params["grant_type"] === undefined) {
    const wanted = grantTypeOf(oauth, leg);
    requireThat(
      parameters["grant_type"] === wanted,
      `grant_type must be ${wanted}, not "${parameters["grant_type"] ?? ""}".`,
      "unsupported_grant_type",
    );
  }
}

/** The standard parameters that the definition leaves out. */
export function requireOmitted(form: TokenRequest, parameters: Readonly<Record<string, string>>): void {
  for (const name of form.omit) {
    requireThat(parameters[name] === undefined, `${name} must not be sent.`);
  }
}

function grantTypeOf(oauth: OAuth2, leg: TokenLeg): string {
  switch (leg) {
    case "code":
      return "authorization_code";
    case "refresh":
      return "refresh_token";
    case "exchange":
      return oauth.refresh.exchange?.grantType ?? "";
    case "app":
    default:
      return "client_credentials";
  }
}
