import { randomBytes } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { z } from "zod";
import type { Place } from "#runtime/vault/place.ts";

/** How long receivers may go on verifying with the secret before a rotation. */
export const ROTATION_GRACE_MS = 24 * 3_600_000;

/** What `webhook_endpoints.secret_sealed` holds, as JSON: more than one while a rotation is under way. */
const endpointSecrets = z.object({
  current: z.string(),
  previous: z.object({ secret: z.string(), until: z.number() }).nullable(),
});

export type EndpointSecrets = z.output<typeof endpointSecrets>;

/** A new secret as Standard Webhooks writes it: `whsec_` and 32 random bytes in base64. */
export function makeWebhookSecret(): string {
  return `whsec_${randomBytes(32).toString("base64")}`;
}

/** Where the sealed secrets of an endpoint live. */
export function secretPlace(organizationId: string, endpointId: string, version: number): Place {
  return { organizationId, table: "webhook_endpoints", row: endpointId, column: "secret", version };
}

/** Reads what `secret_sealed` opens to. */
export function readSecrets(text: string): EndpointSecrets {
  return endpointSecrets.parse(JSON.parse(text));
}

/** The headers that prove who sent a message, and that it is new (Standard Webhooks 1.0). */
export function signatureHeaders(
  secrets: EndpointSecrets,
  message: { readonly id: string; readonly at: Date; readonly body: string },
): readonly (readonly [string, string])[] {
  const { current, previous } = secrets;
  const valid =
    previous !== null && previous.until > message.at.getTime() ? [current, previous.secret] : [current];
  const signatures = valid.map((secret) => new Webhook(secret).sign(message.id, message.at, message.body));
  return [
    ["webhook-id", message.id],
    ["webhook-timestamp", String(Math.floor(message.at.getTime() / 1_000))],
    ["webhook-signature", signatures.join(" ")],
  ];
}
