import type { Database } from "#runtime/db/connect.ts";
import type { Egress } from "#runtime/egress/fetch.ts";
import type { Logger } from "#runtime/log.ts";
import type { ConnectorCatalogue } from "#runtime/oauth/catalogue.ts";
import type { Keyring } from "#runtime/vault/keyring.ts";

/** What a forced renewal came to. */
export type RefreshAnswer =
  | { readonly status: "refreshed" | "fresh"; readonly version: number }
  | {
      readonly status: "unavailable" | "reauthorize" | "app_misconfigured";
      readonly message: string;
      /** Whether the access token at hand still works. */
      readonly usable: boolean;
    };

/** Makes the calls to token endpoints, in a process that outlives whoever asked. */
export interface Courier {
  refresh(request: {
    readonly organizationId: string;
    readonly connectionId: string;
    readonly reason: "due" | "expired" | "asked";
    /** The credential version that the caller found spent. */
    readonly spent?: number;
  }): Promise<RefreshAnswer>;
}

/** What the verbs of connections work with. */
export interface ConnectionParts {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly egress: Egress;
  readonly catalogue: ConnectorCatalogue;
  readonly courier: Courier;
  readonly log: Logger;
}
