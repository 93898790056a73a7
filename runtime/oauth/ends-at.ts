import type { AuthMethod } from "#sdk/connector/auth.ts";
import type { Credential, TokenSet } from "./credential.ts";
import { scheduleOf } from "./due.ts";

/** Two moments that are no further apart than this are the same: answers take their time. */
const SAME_MS = 60_000;

/**
 * When a credential ends however often it is renewed; null: never. A renewal begins a refresh token's idle time anew,
 * and where it brings another refresh token, its told life too: then only what did not move at the last renewal counts.
 */
export function endsAt(
  method: AuthMethod,
  credential: Credential,
  known: { readonly previous: Credential | null; readonly now: number },
): Date | null {
  const { dueAt } = scheduleOf(method, credential, known.now);
  const tokens = Object.entries(credential.tokens).map(([name, set]): [string, TokenSet] => {
    const moves = dueAt !== null && isPutOff(method, { set, dueAt, before: known.previous?.tokens[name] });
    return [name, moves ? { ...set, refreshExpiresAt: null } : set];
  });
  const lasting = { ...credential, tokens: Object.fromEntries(tokens) };
  return scheduleOf(withoutIdleness(method), lasting, known.now).reconnectBy;
}

function isPutOff(
  method: AuthMethod,
  { set, dueAt, before }: { set: TokenSet; dueAt: Date; before: TokenSet | undefined },
): boolean {
  const end = set.refreshExpiresAt;
  if (end === null || end <= dueAt.getTime()) {
    return false;
  }
  const was = before?.refreshExpiresAt ?? null;
  return was === null
    ? method.type === "oauth2" && method.refresh.rotation === "always"
    : end > was + SAME_MS;
}

function withoutIdleness(method: AuthMethod): AuthMethod {
  if (method.type !== "oauth2") {
    return method;
  }
  const { idleLifetime: _, ...refresh } = method.refresh;
  return { ...method, refresh };
}
