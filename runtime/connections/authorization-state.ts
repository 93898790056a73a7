import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import type { Place } from "#runtime/vault/place.ts";
import type { Actor } from "./audit.ts";
import type { ConnectionOwner } from "./owner.ts";

/** How long an authorization may take, from its beginning to its callback. */
export const STATE_MS = 600_000;

const FORM = /^[A-Za-z0-9_-]{43}$/;

/** A new name for an attempt: 256 random bits, in letters that no encoding changes. */
export function makeState(): string {
  return randomBytes(32).toString("base64url");
}

/** Whether a text has the form of a state at all. */
export function isState(text: string): boolean {
  return FORM.test(text);
}

/** What the database knows a state, a token or a binder by. They are random: no slow hash is needed. */
export function hashToken(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

/** Where the sealed half of an authorization lives. */
export function draftPlace(organizationId: string, stateId: string): Place {
  return { organizationId, table: "oauth_states", row: stateId, column: "draft", version: 1 };
}

/**
 * Where a provider sends people back to: what an OAuth app registers. It names the connector, so that a code which
 * one provider issued cannot be brought to another one's token endpoint (RFC 9700 §4.4.2).
 */
export function redirectUri(publicUrl: string, connector: string): string {
  return `${publicUrl}/oauth/callback/${connector}`;
}

const strings = z.record(z.string(), z.string());

/** What is kept, sealed, until the callback comes. */
export const keptAuthorization = z.object({
  environmentId: z.string(),
  method: z.string(),
  name: z.string(),
  description: z.string(),
  owner: z.custom<ConnectionOwner>(),
  fields: strings,
  secrets: strings,
  scopes: z.array(z.string()).nullable(),
  tags: z.array(z.string()),
  metadata: z.record(z.string(), z.unknown()),
  returnUrl: z.string().nullable(),
  actor: z.custom<Actor>(),
  /** Null: the operator's app. */
  appId: z.string().nullable(),
  redirectUri: z.string(),
  verifier: z.string().nullable(),
  /** SHA-256 in hexadecimal of what the browser that began must bring; null: any browser may finish. */
  binder: z.string().nullable(),
});

export type KeptAuthorization = z.output<typeof keptAuthorization>;
