import type { Config } from "#runtime/config.ts";
import type { Database } from "#runtime/db/connect.ts";
import type { Egress } from "#runtime/egress/fetch.ts";
import type { Logger } from "#runtime/log.ts";
import type { ConnectorCatalogue } from "#runtime/oauth/catalogue.ts";
import type { Courier } from "#runtime/oauth/courier.ts";
import type { RunQueue } from "#runtime/queue/run-queue.ts";
import type { RunFeed } from "#runtime/runs/feed.ts";
import type { RunNotifier } from "#runtime/runs/notify.ts";
import type { Keyring } from "#runtime/vault/keyring.ts";

/** What the API is made of. `api/main.ts` makes them once, and closes them after the last request. */
export interface ApiParts {
  readonly config: Config;
  readonly database: Database;
  readonly keyring: Keyring;
  readonly queue: RunQueue;
  readonly feed: RunFeed;
  readonly notifier: RunNotifier;
  readonly egress: Egress;
  readonly catalogue: ConnectorCatalogue;
  readonly courier: Courier;
  readonly log: Logger;
  /** Where browsers and providers reach this installation, without a trailing slash; known once it listens. */
  readonly publicUrl: () => string;
  /** Aborted when the process is about to stop: waiting callers are answered, event streams end. */
  readonly stopping?: AbortSignal;
  /** Requests per minute that one API key may send to this process; 0 or absent: no limit. */
  readonly rateLimit?: { readonly perMinute: number };
}
