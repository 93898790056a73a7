import type { Egress } from "#runtime/egress/fetch.ts";
import { TenonError } from "#runtime/errors.ts";
import { createRedactor } from "#runtime/vault/redact.ts";
import { matchesSignal } from "#sdk/connector/matches-signal.ts";
import { readPlace } from "#sdk/connector/read-place.ts";
import type { Connector, Verification } from "#sdk/connector/schema.ts";
import type { Authorization } from "./access.ts";
import type { Credential } from "./credential.ts";
import { providerText } from "./protocol/provider-text.ts";
import { send } from "./protocol/send.ts";
import type { NoAnswer, RawAnswer } from "./protocol/send.ts";
import { fill, resolveUrl } from "./resolve.ts";
import type { Places } from "./resolve.ts";

/** How the connector's verification request went. */
export interface VerificationResult {
  readonly ok: boolean;
  /** Null: there was no answer, or (when `ok`) the connector has nothing to ask. */
  readonly status: number | null;
  readonly latencyMs: number;
  /** The provider's reason, redacted; null when it is well. */
  readonly reason: string | null;
  readonly account: { readonly id: string; readonly name: string | null } | null;
}

/** What a verification is made with. */
export interface VerificationInput {
  readonly connector: Connector;
  readonly authorization: Authorization;
  readonly credential: Credential;
  readonly egress: Egress;
  readonly signal: AbortSignal;
  /** Plain fields, where the verification's own templates name them. */
  readonly fields?: Readonly<Record<string, string>>;
}

/** Makes the connector's cheap request that tells whether a credential works, and whose it is. */
export async function verifyConnection(input: VerificationInput): Promise<VerificationResult> {
  const { verification } = input.connector;
  if (verification === undefined) {
    return { ok: true, status: null, latencyMs: 0, reason: null, account: null };
  }
  const startedAt = performance.now();
  const answer = await ask(input, verification);
  const latencyMs = Math.round(performance.now() - startedAt);
  if ("problem" in answer) {
    return { ok: false, status: null, latencyMs, reason: clean(input, answer.problem), account: null };
  }
  const { status } = answer;
  const body = parse(answer.text);
  const seen = { status, headers: { get: (name: string) => answer.headers.get(name) ?? null }, body };
  if (status >= 300 || verification.failed.some((signal) => matchesSignal(signal, seen))) {
    const reason = reasonIn(body, verification) ?? `The provider answered ${String(status)}.`;
    return { ok: false, status, latencyMs, reason: clean(input, reason), account: null };
  }
  return {
    ok: true,
    status,
    latencyMs,
    reason: null,
    account: accountIn(input, body, verification),
  };
}

async function ask(input: VerificationInput, verification: Verification): Promise<RawAnswer | NoAnswer> {
  const { authorization, egress, signal } = input;
  try {
    return await send(
      egress,
      {
        url: addressOf(input, verification),
        method: verification.method,
        headers: headersOf(input, verification),
        body: verification.body === undefined ? null : Buffer.from(verification.body),
        redirect: "follow",
        allow: authorization.hosts,
        secrets: authorization.secrets,
        signal,
      },
      Date.now,
    );
  } catch (error) {
    if (error instanceof TenonError) {
      return { problem: error.message, mayHaveArrived: false };
    }
    throw error;
  }
}

function addressOf(input: VerificationInput, verification: Verification): string {
  const { connector, authorization } = input;
  const base =
    verification.baseUrl === undefined
      ? authorization.baseUrl
      : resolveUrl(connector, verification.baseUrl, placesOf(input)).href.replace(/\/+$/, "");
  const url = new URL(base + fill(verification.path, placesOf(input), encodeURIComponent));
  for (const [name, value] of authorization.query) {
    url.searchParams.append(name, value);
  }
  return url.href;
}

function headersOf(
  input: VerificationInput,
  verification: Verification,
): readonly (readonly [string, string])[] {
  const own = Object.entries(verification.headers).map(
    ([name, template]) => [name, fill(template, placesOf(input), (value) => value)] as const,
  );
  const defaults = [
    ["accept", "application/json"],
    ...(verification.body === undefined ? [] : [["content-type", "application/json"]]),
  ].map(([name = "", value = ""]) => [name, value] as const);
  const all = [...defaults, ...own, ...input.authorization.headers];
  return [...new Map(all.map((header) => [header[0].toLowerCase(), header])).values()];
}

function placesOf({ fields = {}, credential }: VerificationInput): Places {
  return { fields, credential };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const REASONS = ["message", "error.message", "error_description", "error", "detail", "errors.0.message"];

function reasonIn(body: unknown, verification: Verification): string | null {
  const places = verification.reason === undefined ? REASONS : [verification.reason, ...REASONS];
  const texts = places.map((place) => readPlace(body, place));
  return texts.find((text): text is string => typeof text === "string" && text.trim() !== "") ?? null;
}

function accountIn(
  input: VerificationInput,
  body: unknown,
  { account }: Verification,
): VerificationResult["account"] {
  const id = account === undefined ? null : told(input, body, account.id);
  return id === null
    ? null
    : { id, name: account?.name === undefined ? null : told(input, body, account.name) };
}

const LONGEST_ACCOUNT = 500;

/** What a place of the body, or a template, says of the account; null: nothing, or a secret that the body repeats. */
function told(input: VerificationInput, body: unknown, place: string): string | null {
  const template = place.includes("{");
  const value = template ? filled(place, placesOf(input)) : readPlace(body, place);
  const text = typeof value === "string" || typeof value === "number" ? String(value) : "";
  return text === "" || (!template && repeatsSecret(input, text))
    ? null
    : // oxlint-disable-next-line no-control-regex -- people read it on one line, and no database stores a NUL
      text.slice(0, LONGEST_ACCOUNT).replace(/[\0-\x1f\x7f]/g, " ");
}

function repeatsSecret({ authorization }: VerificationInput, text: string): boolean {
  const secrets = authorization.secrets.map(({ value }) => ({ value, replacement: "" }));
  return createRedactor(secrets).text(text) !== text;
}

function filled(template: string, places: Places): string | null {
  try {
    return fill(template, places, (value) => value);
  } catch {
    return null;
  }
}

function clean({ authorization }: VerificationInput, text: string): string {
  return providerText(
    text,
    authorization.secrets.map(({ value }) => value),
  );
}
