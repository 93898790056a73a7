import { readPlace } from "#sdk/connector/read-place.ts";
import type { TokenResponse } from "#sdk/connector/oauth.ts";
import type { RawAnswer } from "./send.ts";

/** What a token endpoint's answer says: the data of a success, a no, or nothing that can be understood. */
export type Reading =
  | { readonly kind: "data"; readonly data: object }
  | {
      readonly kind: "refused";
      readonly code: "invalid_grant" | "invalid_client" | "other";
      readonly says: string;
    }
  | { readonly kind: "unavailable"; readonly says: string; readonly mayHaveArrived: boolean };

// RFC 6749 §4.1.2.1 and RFC 8628 §3.5: passing trouble, by whatever status it comes.
const BUSY = new Set(["temporarily_unavailable", "slow_down"]);
const CLIENT = new Set(["invalid_client", "unauthorized_client"]);

/** Reads an answer as its connector says that it reads; an error counts whatever its status is. */
export function readAnswer(answer: RawAnswer, response: TokenResponse): Reading {
  const { status } = answer;
  const data = parseBody(answer, response.format);
  const error = data === null ? null : errorIn(data, response);
  const says = [`answered ${String(status)}`, error?.code, error?.description].filter(Boolean).join(": ");
  if (status === 429 || (error !== null && BUSY.has(error.code))) {
    return { kind: "unavailable", says, mayHaveArrived: false };
  }
  if (status >= 500 || status === 408 || error?.code === "server_error") {
    return { kind: "unavailable", says, mayHaveArrived: true };
  }
  if (data === null) {
    return {
      kind: "unavailable",
      says: `${says} with something that is not a token response`,
      mayHaveArrived: true,
    };
  }
  if (error !== null) {
    return { kind: "refused", code: classify(error, response), says };
  }
  return status < 300
    ? { kind: "data", data }
    : { kind: "refused", code: "other", says: [says, messageIn(data)].filter(Boolean).join(": ") };
}

interface ProviderError {
  readonly code: string;
  readonly description: string;
}

function classify(
  error: ProviderError,
  response: TokenResponse,
): "invalid_grant" | "invalid_client" | "other" {
  const texts = [error.code, error.description].map((text) => text.trim().toLowerCase());
  const among = (known: readonly string[]): boolean =>
    known.some((text) => texts.includes(text.trim().toLowerCase()));
  if (error.code === "invalid_grant" || among(response.invalidGrant)) {
    return "invalid_grant";
  }
  return CLIENT.has(error.code) || among(response.invalidClient) ? "invalid_client" : "other";
}

/** The error at its place; null: there is none. Some put an object there, some `false`. */
function errorIn(data: object, response: TokenResponse): ProviderError | null {
  const value = readPlace(data, response.error);
  const described = textOf(readPlace(data, response.errorDescription));
  if (typeof value === "object" && value !== null) {
    const code = ["code", "type", "error", "status"]
      .map((name) => textOf(readPlace(value, name)))
      .find(Boolean);
    return { code: code ?? "error", description: described || messageIn(value) };
  }
  const code = textOf(value);
  return code === "" ? null : { code, description: described };
}

function messageIn(value: object): string {
  return (
    ["message", "error_description", "detail"].map((name) => textOf(readPlace(value, name))).find(Boolean) ??
    ""
  );
}

/** A text, or a number or `true` as text; empty for all that means nothing. */
function textOf(value: unknown): string {
  return typeof value === "string" || (typeof value === "number" && value !== 0) || value === true
    ? String(value)
    : "";
}

/** The data of a body; null: it is none, such as HTML. */
export function parseBody({ text, contentType }: RawAnswer, format: TokenResponse["format"]): object | null {
  const form =
    format === "form" || (format === "auto" && /^application\/x-www-form-urlencoded\b/i.test(contentType));
  if (form) {
    return parseForm(text);
  }
  const parsed = parseJson(text);
  // Some send a form and call it text.
  return parsed ?? (format === "auto" && /^[\w.-]+=[^<>\s]*$/.test(text) ? parseForm(text) : null);
}

function parseJson(text: string): object | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" ? parsed : null;
  } catch {
    return null;
  }
}

function parseForm(text: string): object | null {
  return text.trim() === "" ? null : Object.fromEntries(new URLSearchParams(text.trim()));
}
