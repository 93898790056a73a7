import { setTimeout as delay } from "node:timers/promises";
import { openUsedApp } from "./app.ts";
import type { Credential, OAuthApp, TokenSet } from "./credential.ts";
import { spendsRefreshToken } from "./due.ts";
import type { OAuthContext, TokenAnswer } from "./protocol/context.ts";
import { renewTokens } from "./protocol/renew-tokens.ts";
import { nowOf } from "./refresh-parts.ts";
import type { RefreshParts } from "./refresh-parts.ts";
import type { Subject } from "./refresh-subject.ts";

/** A whole token call, with every token set that it renews, where it can be repeated without harm. */
const CALL_MS = 45_000;
/**
 * The same where it spends a refresh token: an answer that nobody waits for any more may be the only copy of the next
 * one, and asking again may end the grant. Longer than proxies wait for the servers behind them (60 to 100 s).
 */
export const LONGEST_CALL_MS = 120_000;

/** Makes the call that was journaled. Whatever the other side does is an answer, not an exception. */
export async function callProvider(
  parts: RefreshParts,
  subject: Subject,
  app: OAuthApp | null,
  call: {
    readonly startAt: number;
    /** Journals what a call of several token sets has renewed so far. */
    readonly keep: (credential: Credential) => Promise<unknown>;
  },
): Promise<TokenAnswer> {
  await delay(Math.max(0, call.startAt - nowOf(parts)));
  const began = nowOf(parts);
  const keep = async (credential: Credential): Promise<void> => {
    await call.keep(agedBy(credential, began));
  };
  const answer = await ask(parts, subject, app, keep);
  return answer.kind === "tokens" ? { ...answer, credential: agedBy(answer.credential, began) } : answer;
}

async function ask(
  parts: RefreshParts,
  subject: Subject,
  app: OAuthApp | null,
  keep: NonNullable<OAuthContext["keep"]>,
): Promise<TokenAnswer> {
  const { connector, method, fields, credential, organizationId } = subject;
  const signal = AbortSignal.timeout(callMs(method));
  if (method.type === "custom" && parts.authenticate !== undefined) {
    return parts.authenticate({ connector, method, fields, credential, organizationId, signal });
  }
  const context = contextOf(parts, subject, app, signal);
  if (context === null) {
    return {
      kind: "refused",
      code: "invalid_client",
      message: `The OAuth app of the connector "${connector.slug}" that the account was connected with is not there any more; put it back, or reconnect with another one.`,
    };
  }
  return renewTokens({ ...context, keep }, credential);
}

/** What the protocol needs to renew or revoke a subject's tokens; null: it is no OAuth connection, or has no app. */
export function contextOf(
  parts: RefreshParts,
  subject: Subject,
  app: OAuthApp | null,
  signal: AbortSignal,
): OAuthContext | null {
  const { connector, method, fields } = subject;
  return method.type !== "oauth2" || app === null
    ? null
    : {
        connector,
        method,
        app,
        fields,
        egress: parts.egress,
        redirectUri: "",
        signal,
        deadlineMs: callMs(method),
        now: () => nowOf(parts),
      };
}

function callMs(method: Subject["method"]): number {
  return spendsRefreshToken(method) ? LONGEST_CALL_MS : CALL_MS;
}

/**
 * The app that the tokens were made with; null: it is not there (any more). Never another one: a provider answers a
 * strange client that the grant is invalid, which would end the connection.
 */
export async function appOf(parts: RefreshParts, subject: Subject): Promise<OAuthApp | null> {
  const { organizationId, oauthAppId: id, connector, method } = subject;
  return method.type === "oauth2"
    ? openUsedApp(parts, { organizationId, connector: connector.slug, id })
    : null;
}

/**
 * A token may have been made at any moment of the call: a slow answer is an old one. Its life counts from the
 * beginning of the call, so that it is never taken to live longer than it does.
 */
function agedBy(credential: Credential, began: number): Credential {
  const tokens = Object.entries(credential.tokens).map(([name, set]): [string, TokenSet] => {
    const late = Math.max(0, set.issuedAt - began);
    return [
      name,
      late === 0
        ? set
        : {
            ...set,
            issuedAt: began,
            expiresAt: set.expiresAt === null ? null : set.expiresAt - late,
          },
    ];
  });
  return { ...credential, tokens: Object.fromEntries(tokens) };
}
