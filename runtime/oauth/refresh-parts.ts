import type { Database } from "#runtime/db/connect.ts";
import type { Egress } from "#runtime/egress/fetch.ts";
import type { Logger } from "#runtime/log.ts";
import type { Keyring } from "#runtime/vault/keyring.ts";
import type { AuthMethodOf } from "#sdk/connector/auth.ts";
import type { Connector } from "#sdk/connector/schema.ts";
import type { ConnectorCatalogue } from "./catalogue.ts";
import type { Credential } from "./credential.ts";
import type { TokenAnswer } from "./protocol/context.ts";

/** What the refresh engine works with. */
export interface RefreshParts {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly egress: Egress;
  readonly catalogue: ConnectorCatalogue;
  readonly log: Logger;
  /** Default: the system's clock. Leases always go by the database's. */
  readonly now?: () => Date;
  /** Runs the handler of a custom method; only a worker can. */
  readonly authenticate?: Authenticate;
}

/** Trades the fields of a custom method for tokens, by its handler. */
export type Authenticate = (input: {
  readonly connector: Connector;
  readonly method: AuthMethodOf<"custom">;
  readonly fields: Readonly<Record<string, string>>;
  readonly credential: Credential;
  readonly organizationId: string;
  readonly signal: AbortSignal;
}) => Promise<TokenAnswer>;

/** Why a renewal is wanted: it is due, a run found the token ended, or somebody asked for it. */
export type RefreshReason = "due" | "expired" | "asked";

export interface RefreshRequest {
  readonly organizationId: string;
  readonly connectionId: string;
  readonly reason: RefreshReason;
  /** The version that was found ended: any later one will do. */
  readonly spent?: number;
  /** A lease that was taken for this request; whoever asks again after a crash of the courier asks by the same one. */
  readonly leaseToken?: string;
}

/** What a renewal came to. */
export type RefreshResult =
  | {
      readonly status: "refreshed" | "fresh";
      readonly version: number;
      /** Why a credential that the provider refused is not renewed, and what to do. */
      readonly note?: string;
    }
  | {
      readonly status: "unavailable" | "reauthorize" | "app_misconfigured";
      readonly message: string;
      /** Whether the access token at hand still works. */
      readonly usable: boolean;
    };

/** The engine's clock, in epoch milliseconds. */
export function nowOf(parts: Pick<RefreshParts, "now">): number {
  return parts.now?.().getTime() ?? Date.now();
}
