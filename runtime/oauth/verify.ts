import type { Egress } from "#runtime/egress/fetch.ts";
import type { Connector } from "#sdk/connector/schema.ts";
import type { Authorization } from "./access.ts";
import type { Credential } from "./credential.ts";

/** How the connector's verification request went. */
export interface VerificationResult {
  readonly ok: boolean;
  /** Null: there was no answer. */
  readonly status: number | null;
  readonly latencyMs: number;
  /** The provider's reason, redacted; null when it is well. */
  readonly reason: string | null;
  readonly account: { readonly id: string; readonly name: string | null } | null;
}

/** Makes the connector's cheap request that tells whether a credential works, and whose it is. */
export async function verifyConnection(_input: {
  readonly connector: Connector;
  readonly authorization: Authorization;
  readonly credential: Credential;
  readonly egress: Egress;
  readonly signal: AbortSignal;
}): Promise<VerificationResult> {
  throw new Error("The protocol is being written.");
}
