import type { Database } from "#runtime/db/connect.ts";
import type { Egress } from "#runtime/egress/fetch.ts";
import type { Logger } from "#runtime/log.ts";
import type { Keyring } from "#runtime/vault/keyring.ts";
import { openText } from "#runtime/vault/open.ts";
import { claimDelivery } from "./claim.ts";
import type { ClaimedDelivery, DueDelivery } from "./claim.ts";
import { readSecrets, secretPlace } from "./secret.ts";
import type { EndpointSecrets } from "./secret.ts";
import { sendMessage } from "./send.ts";
import type { SendResult } from "./send.ts";
import { settleDelivery } from "./settle.ts";

/** What sending needs. */
export interface DeliveryParts {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly egress: Egress;
  readonly log: Logger;
  readonly now: () => Date;
}

/**
 * Tries one delivery once: claim, send, write down what came of it. A worker that dies in between leaves a lease that
 * ends, and another one sends again: at least once, under the same id.
 */
export async function deliver(
  parts: DeliveryParts,
  due: DueDelivery,
): Promise<"delivered" | "pending" | "failed" | "not ours"> {
  const delivery = await claimDelivery(parts.database, due, parts.now());
  if (delivery === null) {
    return "not ours";
  }
  const result = delivery.enabled ? await send(parts, delivery) : DISABLED;
  return settleDelivery(parts.database, delivery, result, parts.now());
}

const NOT_SENT = { ok: false, status: null, latencyMs: 0, retryAfterMs: null } as const;
/** Whoever disabled an endpoint wants nothing sent; what was waiting can be sent again by hand. */
const DISABLED: SendResult = {
  ...NOT_SENT,
  reason: "The endpoint is disabled; enable it and send this again.",
  final: true,
};
const UNREADABLE: SendResult = {
  ...NOT_SENT,
  reason: "The endpoint's secret does not open; rotate it, or ask whoever runs this installation.",
  final: false,
};

async function send(parts: DeliveryParts, delivery: ClaimedDelivery): Promise<SendResult> {
  const { organizationId, endpointId, secretVersion, secretSealed } = delivery;
  const place = secretPlace(organizationId, endpointId, secretVersion);
  let secrets: EndpointSecrets;
  try {
    secrets = readSecrets(await openText(parts.keyring, place, secretSealed));
  } catch (error) {
    parts.log.error({ err: error, endpoint: endpointId }, "a webhook endpoint's secret does not open");
    return UNREADABLE;
  }
  return sendMessage(parts, { ...delivery, secrets });
}
