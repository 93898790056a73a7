import type { Config } from "#runtime/config.ts";
import type { Database } from "#runtime/db/connect.ts";
import type { Egress } from "#runtime/egress/fetch.ts";
import type { SandboxPool } from "#runtime/host/execution.ts";
import type { Logger } from "#runtime/log.ts";
import type { ConnectorCatalogue } from "#runtime/oauth/catalogue.ts";
import type { Courier } from "#runtime/oauth/courier.ts";
import type { RunQueue } from "#runtime/queue/run-queue.ts";
import type { RunNotifier } from "#runtime/runs/notify.ts";
import type { RecordSecretUse } from "#runtime/runs/record-secret-use.ts";
import type { Keyring } from "#runtime/vault/keyring.ts";
import type { BundleLoader } from "#runtime/workflows/load.ts";
import type { LeaseKeeper } from "./leases.ts";

/** What a worker's verbs work with. */
export interface WorkerParts {
  readonly config: Config;
  readonly database: Database;
  readonly keyring: Keyring;
  readonly egress: Egress;
  readonly catalogue: ConnectorCatalogue;
  readonly courier: Courier;
  readonly queue: RunQueue;
  readonly notifier: RunNotifier;
  readonly bundles: BundleLoader;
  readonly sandboxes: SandboxPool;
  readonly leases: LeaseKeeper;
  readonly recordSecretUse: RecordSecretUse;
  readonly log: Logger;
  /** The database's clock, which all machines share: what tokens end by. */
  readonly now: () => Date;
  /** This worker, in the attempts that it makes: host name and process. */
  readonly name: string;
}
