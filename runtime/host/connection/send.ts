import { setTimeout as delay } from "node:timers/promises";
import type { Egress, EgressResponse, EgressSecret } from "#runtime/egress/fetch.ts";
import { TenonError } from "#runtime/errors.ts";
import type { Authorization } from "#runtime/oauth/access.ts";
import { matchesSignal } from "#sdk/connector/matches-signal.ts";
import { lookAt } from "./answer.ts";
import type { LookedAt } from "./answer.ts";
import { exchange } from "./exchange.ts";
import type { Outgoing } from "./exchange.ts";
import type { ConnectionLimits } from "./limits.ts";
import { pauseMs, retryDelay } from "./retry.ts";
import { REFUSED_ANEW } from "./run-connection.ts";
import type { Renewed, RunConnection } from "./run-connection.ts";

/** What sending works with. */
export interface SendParts {
  readonly egress: Pick<Egress, "fetch">;
  readonly pace: ConnectionLimits;
  readonly connection: RunConnection;
  readonly runSecrets: readonly EgressSecret[];
  readonly bodyLimit: number;
  readonly signal: AbortSignal;
}

/** A request as it is made for whatever credential is the current one. */
export interface Sending {
  /** Whether sending it twice is sending it once. */
  readonly idempotent: boolean;
  readonly outgoing: (authorization: Authorization) => Outgoing;
}

/** An answer. `refusal`: why its credential, which it refuses, was not renewed, and what to do. */
export type ConnectionResponse = EgressResponse & { readonly refusal?: string };

/**
 * Makes a request with a connection: in its turn, with the credential on it, once more after a renewal when the
 * answer says that the token ended, and again by the connector's policy when it failed or came too often.
 */
export async function send(parts: SendParts, sending: Sending): Promise<ConnectionResponse> {
  const { connection, signal } = parts;
  const { policy } = connection.access.connector;
  let authorization = await connection.authorize();
  let renewed = false;
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await tryOnce(parts, sending, authorization, attempt);
    if (outcome === null) {
      await delay(pauseMs(attempt), undefined, { signal });
      continue;
    }
    if (hasEnded(outcome, connection)) {
      const { next, why } = renewed ? REFUSED_ANEW : await renewal(connection, authorization, outcome);
      if (next === null || !mayReplay(sending, outcome)) {
        if (renewed) {
          connection.giveUpOn(authorization);
        }
        return why === null ? outcome.response : { ...outcome.response, refusal: why };
      }
      outcome.response.cancel();
      authorization = next;
      renewed = true;
      attempt -= 1;
      continue;
    }
    const waitMs = retryDelay(policy, outcome.answer, {
      attempt,
      idempotent: sending.idempotent,
      now: Date.now(),
    });
    if (waitMs === null) {
      return outcome.response;
    }
    outcome.response.cancel();
    await delay(waitMs, undefined, { signal });
    // A wait may be long enough for the token to end.
    authorization = await connection.authorize();
  }
}

/** One try in its turn; null: the network failed, and it may be tried again. */
async function tryOnce(
  parts: SendParts,
  sending: Sending,
  authorization: Authorization,
  attempt: number,
): Promise<LookedAt | null> {
  const { egress, pace, connection, runSecrets, bodyLimit, signal } = parts;
  const { connectionId, connector } = connection.access;
  const outgoing = sending.outgoing(authorization);
  const leave = await pace.enter(connectionId, connector.policy, signal);
  try {
    const response = await exchange(
      { egress, connector, alias: connection.alias, runSecrets, bodyLimit, signal },
      outgoing,
      authorization,
    );
    return await lookAt(response, connector);
  } catch (error) {
    const passing = error instanceof TenonError && error.fault === "passing";
    if (passing && sending.idempotent && attempt < connector.policy.retry.attempts) {
      return null;
    }
    throw error;
  } finally {
    leave();
  }
}

function hasEnded({ answer }: LookedAt, { access }: RunConnection): boolean {
  return access.connector.expired.some((signal) => matchesSignal(signal, answer));
}

async function renewal(
  connection: RunConnection,
  authorization: Authorization,
  { response }: LookedAt,
): Promise<Renewed> {
  try {
    return await connection.renew(authorization);
  } catch (error) {
    response.cancel();
    throw error;
  }
}

/** RFC 9110 §15.5.2: a request that was answered 401 was not applied, whatever its method. */
function mayReplay({ idempotent }: Sending, { answer }: LookedAt): boolean {
  return idempotent || answer.status === 401;
}

const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);

/** RFC 9110 §9.2.2; or the caller gave the request a key by which the other side knows it again. */
export function isIdempotent(method: string, headers: readonly (readonly [string, string])[]): boolean {
  return (
    IDEMPOTENT.has(method.toUpperCase()) ||
    headers.some(([name]) => /^(x-)?idempotency-key$/i.test(name.trim()))
  );
}
