import type { Database } from "#runtime/db/connect.ts";
import type { Egress } from "#runtime/egress/fetch.ts";
import type { Logger } from "#runtime/log.ts";
import type { ConnectorCatalogue } from "#runtime/oauth/catalogue.ts";
import type { Courier } from "#runtime/oauth/courier.ts";
import type { Keyring } from "#runtime/vault/keyring.ts";

/** What the verbs of connections work with. */
export interface ConnectionParts {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly egress: Egress;
  readonly catalogue: ConnectorCatalogue;
  readonly courier: Courier;
  readonly log: Logger;
}
