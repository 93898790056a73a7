/**
 * A process with the product's own refresh tick, courier client and access to connections, and nothing else of a
 * worker: what suites kill and stop. `test/oauth/refresh` and `test/chaos/refresh` fork it.
 */
import { setTimeout as delay } from "node:timers/promises";
import { readConfig } from "#runtime/config.ts";
import { connectDatabase } from "#runtime/db/connect.ts";
import { databaseAccess } from "#runtime/embedded/access.ts";
import { TenonError } from "#runtime/errors.ts";
import { createEgress } from "#runtime/egress/fetch.ts";
import { createLogger } from "#runtime/log.ts";
import type { Authorization, ConnectionAccess } from "#runtime/oauth/access.ts";
import { createCatalogue } from "#runtime/oauth/catalogue.ts";
import { startClock } from "#runtime/oauth/clock.ts";
import { startCourier } from "#runtime/oauth/courier.ts";
import { openAccess } from "#runtime/oauth/open-access.ts";
import type { RefreshRequest, RefreshResult } from "#runtime/oauth/refresh-parts.ts";
import { createKeyring } from "#runtime/vault/keyring.ts";
import { startRefresh } from "#runtime/worker/refresh.ts";

/** What the process is told. */
export type ToRefreshProcess =
  | { readonly type: "refresh"; readonly request: RefreshRequest }
  | { readonly type: "tick" }
  /** Uses the connections one after the other, each with a request to `path` of its API, for as long as it lives. */
  | {
      readonly type: "use";
      readonly organizationId: string;
      readonly connectionIds: readonly string[];
      readonly path: string;
      readonly pauseMs: number;
    };

/** What it tells. */
export type FromRefreshProcess =
  | { readonly type: "ready" }
  | { readonly type: "result"; readonly result: RefreshResult | { readonly status: "error" } }
  | { readonly type: "used"; readonly outcome: Record<string, number>; readonly slowestMs: number };

/** A token is handed out with 2 s to live at the least, of a provider's whole seconds: what was held longer may have ended. */
const HELD_MS = 1_000;
const config = readConfig();
const log = createLogger("refresh", config.logLevel);
const database = connectDatabase(databaseAccess(config), { poolSize: 4, process: "refresh" });
const clock = await startClock(database);
const courier = startCourier({
  log,
  elsewhere: async () => ({ status: "unavailable", message: "no handlers here", usable: true }),
});
const egress = createEgress({ allow: config.egressAllow });
const parts = {
  database,
  keyring: createKeyring({ database, masterKey: config.masterKey, previousMasterKey: null }),
  catalogue: createCatalogue(database),
  courier,
  log,
  now: clock.now,
};

process.on("message", (message) => {
  void obey(message as ToRefreshProcess);
});
process.on("disconnect", () => {
  process.exit(0);
});
tell({ type: "ready" });

function tell(message: FromRefreshProcess): void {
  process.send?.(message);
}

async function obey(told: ToRefreshProcess): Promise<void> {
  if (told.type === "tick") {
    startRefresh({ database, courier, log, now: clock.now });
  } else if (told.type === "refresh") {
    const result = await courier.refresh(told.request).catch(() => ({ status: "error" as const }));
    tell({ type: "result", result });
  } else {
    await use(told);
  }
}

async function use(told: Extract<ToRefreshProcess, { type: "use" }>): Promise<void> {
  const hands = new Map<string, ConnectionAccess>();
  let outcome: Record<string, number> = {};
  let slowestMs = 0;
  setInterval(() => {
    tell({ type: "used", outcome, slowestMs });
    outcome = {};
    slowestMs = 0;
  }, 500);
  const lanes = 16;
  const lane = async (first: number): Promise<void> => {
    for (let at = first; ; at = (at + lanes) % told.connectionIds.length) {
      const began = Date.now();
      const name = await once(hands, told, told.connectionIds[at] ?? "");
      slowestMs = Math.max(slowestMs, Date.now() - began);
      outcome[name] = (outcome[name] ?? 0) + 1;
      await delay(told.pauseMs);
    }
  };
  await Promise.all(Array.from({ length: lanes }, async (_, index) => lane(index)));
}

async function call(authorization: Authorization, route: string): Promise<number> {
  const { baseUrl, hosts, headers, secrets } = authorization;
  const response = await egress.fetch({
    url: `${baseUrl}${route}`,
    method: "GET",
    headers,
    body: null,
    redirect: "error",
    allow: hosts,
    secrets,
    signal: AbortSignal.timeout(20_000),
    bodyLimit: 100_000,
  });
  response.cancel();
  return response.status;
}

/** One use of a connection, as a run makes it: authorized, sent through egress. Names how it went. */
async function once(
  hands: Map<string, ConnectionAccess>,
  told: { readonly organizationId: string; readonly path: string },
  connectionId: string,
): Promise<string> {
  try {
    const hand =
      hands.get(connectionId) ??
      (await openAccess(parts, { organizationId: told.organizationId, connectionId }));
    hands.set(connectionId, hand);
    let authorization = await hand.authorize();
    for (let stalled = false; ; stalled = true) {
      const authorizedAt = Date.now();
      const status = await call(authorization, told.path);
      if (status !== 401) {
        return stalled ? `${String(status)} after a stall` : String(status);
      }
      if (Date.now() - authorizedAt < HELD_MS) {
        return "saw an expired token";
      }
      // Stopped with the token in its hands, it sent it late; the host asks for a new one and repeats.
      authorization = await hand.renew(authorization.version);
    }
  } catch (error) {
    return error instanceof TenonError ? error.code : (error as Error).message.slice(0, 60);
  }
}
