import { z } from "zod";
import { TenonError } from "#runtime/errors.ts";
import { bundleModule } from "#runtime/host/action/bundle-module.ts";
import { Sealing } from "#runtime/host/connection/sealing.ts";
import type { Execution, Outcome, RunError, SandboxPool } from "#runtime/host/execution.ts";
import { newId, randomHex } from "#runtime/ids.ts";
import type { EgressSecret } from "#runtime/egress/fetch.ts";
import type { Credential } from "#runtime/oauth/credential.ts";
import type { TokenAnswer } from "#runtime/oauth/protocol/context.ts";
import type { Authenticate } from "#runtime/oauth/refresh-parts.ts";
import { resolveHosts } from "#runtime/oauth/resolve.ts";

/** What a handler may use: it trades fields for a token and does nothing else. */
const LIMITS: Execution["limits"] = {
  memoryMb: 64,
  cpuSliceMs: 2_000,
  cpuTotalMs: 5_000,
  wallMs: 30_000,
  resultBytes: 100_000,
  logLines: 100,
  logBytes: 10_000,
  logLineBytes: 1_000,
  bodyBytes: 1_000_000,
  concurrentCalls: 4,
};

const name = z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/, "must be a name");
const granted = z.object({
  values: z.record(name, z.union([z.string().max(65_536), z.number()])),
  /** Seconds. */
  expiresIn: z
    .number()
    .positive()
    .max(20 * 365 * 86_400)
    .nullish(),
});

type Asked = Parameters<Authenticate>[0];

/** Runs the handler of a custom auth method in an isolate of its own, blind, with one connection's fields. */
export function createAuthenticate(parts: {
  readonly sandboxes: SandboxPool;
  readonly now?: () => number;
}): Authenticate {
  return async (asked) => {
    const now = parts.now?.() ?? Date.now();
    try {
      const work = workOf(asked);
      const bundle = await bundleModule(asked.method.handler, "authenticate");
      const outcome = await parts.sandboxes.execute({ ...work.execution, bundle });
      return answerOf(outcome, asked, [...work.execution.secrets, ...work.sealing.secrets()], now);
    } catch (error) {
      if (error instanceof TenonError) {
        return failedAs(error.code, error.message);
      }
      throw error;
    }
  };
}

/** The execution of a handler, without its code. */
function workOf({ connector, fields, credential, organizationId, signal }: Asked): {
  readonly execution: Omit<Execution, "bundle">;
  readonly sealing: Sealing;
} {
  const hosts = resolveHosts(connector, { fields, credential });
  const secretFields = Object.entries(credential.fields).map(([key, value]) => blinded(key, value, hosts));
  const main = credential.tokens["main"]?.accessToken;
  const previous = Object.entries({
    ...credential.token,
    ...(main === undefined ? {} : { accessToken: main }),
  }).map(([key, value]) => blinded(key, value, hosts));
  const placeholders = (secrets: readonly EgressSecret[]): Record<string, string> =>
    Object.fromEntries(secrets.map((secret) => [secret.name, secret.placeholder]));
  const sealing = new Sealing({
    hosts,
    fields: { ...fields, ...placeholders(secretFields) },
    previous: placeholders(previous),
  });
  const id = newId();
  const known = new Set(secretFields.map((secret) => secret.name));
  const execution = {
    runId: id,
    organizationId,
    role: "handler" as const,
    sealing,
    facts: {
      run: { id, attempt: 1, tier: "instant", workflow: "", version: 0, trigger: "handler", createdAt: "" },
      environment: { id, slug: "", production: false },
      customer: null,
    },
    input: "null",
    headers: {},
    variables: {},
    // `ctx.hmac` finds them by name: a field before what the handler returned the last time.
    secrets: [...secretFields, ...previous.filter((secret) => !known.has(secret.name))],
    connections: new Map(),
    egress: hosts,
    limits: LIMITS,
    signal,
    onLog: async () => {
      // Nobody reads the log of a handler: it works in the background, for no run.
    },
    onSecretUse: async () => {
      // Signing with the connection's own fields is what the handler is for.
    },
    onConnectionUse: () => undefined,
  };
  return { execution, sealing };
}

function blinded(key: string, value: string, hosts: readonly string[]): EgressSecret {
  return { name: key, value, placeholder: `tncred_${randomHex(16)}`, hosts, reveal: false };
}

function answerOf(
  outcome: Outcome,
  asked: Asked,
  secrets: readonly EgressSecret[],
  now: number,
): TokenAnswer {
  switch (outcome.status) {
    case "completed":
      return grantOf(outcome.result, asked, secrets, now);
    case "failed":
    case "timeout":
      return failedAs(outcome.error.code, wordsOf(outcome.error));
    case "cancelled":
    case "lost":
    default:
      return unavailable("it was interrupted");
  }
}

/** "fetch failed" alone tells nobody what the network did. */
function wordsOf({ message, reason }: RunError): string {
  return reason === undefined ? message : `${message} (${reason})`;
}

function failedAs(code: string, message: string): TokenAnswer {
  return code === "TENON_CREDENTIAL_REFUSED"
    ? { kind: "refused", code: "invalid_grant", message: message.slice(0, 300) }
    : unavailable(message);
}

function unavailable(why: string): TokenAnswer {
  return {
    kind: "unavailable",
    message: `The connector's auth handler failed: ${why.slice(0, 300)}`,
    retryAfterMs: null,
    // A handler trades the same fields again: nothing is spent by trying twice.
    mayHaveArrived: false,
  };
}

function grantOf(
  result: string,
  { credential, method }: Asked,
  secrets: readonly EgressSecret[],
  now: number,
): TokenAnswer {
  const parsed = granted.safeParse(JSON.parse(result));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return unavailable(
      `it must return { values, expiresIn }; ${issue?.path.map(String).join(".") ?? ""} ${issue?.message ?? ""}`,
    );
  }
  const token = Object.fromEntries(
    Object.entries(parsed.data.values).map(([key, value]) => [key, filled(String(value), secrets)]),
  );
  const lifetime = parsed.data.expiresIn ?? (method.lifetime === 0 ? null : method.lifetime);
  const renewed: Credential = {
    ...credential,
    token,
    tokens: {
      main: {
        accessToken: token["accessToken"] ?? Object.values(token)[0] ?? "",
        refreshToken: null,
        expiresAt: lifetime === null ? null : now + lifetime * 1_000,
        refreshExpiresAt: null,
        scopes: [],
        issuedAt: now,
      },
    },
  };
  return { kind: "tokens", credential: renewed };
}

/** What the handler returned, with the values that its placeholders stand for. */
function filled(text: string, secrets: readonly EgressSecret[]): string {
  return secrets.reduce((at, { placeholder, value }) => at.replaceAll(placeholder, () => value), text);
}
