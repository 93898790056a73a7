import { readConfig } from "#runtime/config.ts";
import { connectDatabase } from "#runtime/db/connect.ts";
import { createEgress } from "#runtime/egress/fetch.ts";
import { databaseAccess } from "#runtime/embedded/access.ts";
import { SetupError, TenonError } from "#runtime/errors.ts";
import { createLogger } from "#runtime/log.ts";
import { createKeyring } from "#runtime/vault/keyring.ts";
import { createCatalogue } from "./catalogue.ts";
import { startClock } from "./clock.ts";
import { toCourier } from "./courier-wire.ts";
import type { FromCourier, ToCourier } from "./courier-wire.ts";
import { readManagedApps } from "./managed-apps.ts";
import { refreshHere } from "./refresh.ts";
import type { RefreshParts } from "./refresh-parts.ts";

/** Without anything to do for this long, the process ends; it is started again when it is needed. */
const IDLE_MS = 60_000;
/** A call, its journaling through a restart of the database, and some more: what is not done by then hangs. */
const LONGEST_END_MS = 5 * 60_000;

/**
 * The courier's process: makes token calls for the worker or the API that started it. When that one dies, it goes on
 * until every answer is journaled and applied, and then ends.
 */
export async function main(): Promise<void> {
  if (process.send === undefined) {
    throw new SetupError("The courier is started by a worker or by the API, not by hand.");
  }
  const config = readConfig();
  const log = createLogger("courier", config.logLevel);
  const database = connectDatabase(databaseAccess(config), { poolSize: 8, process: "courier" });
  const clock = await startClock(database);
  serve({
    database,
    keyring: createKeyring({
      database,
      masterKey: config.masterKey,
      previousMasterKey: config.previousMasterKey,
    }),
    egress: createEgress({ allow: config.egressAllow }),
    catalogue: createCatalogue(database, readManagedApps(config.oauthAppsFile)),
    log,
    now: clock.now,
  });
}

function serve(parts: RefreshParts): void {
  let running = 0;
  let closing = false;
  const leave = (): void => {
    if (running === 0) {
      process.exit(0);
    }
  };
  let idle = setTimeout(leave, IDLE_MS);
  const ended = (answer: FromCourier): void => {
    running -= 1;
    tell(answer, closing ? leave : () => undefined);
    if (running === 0) {
      clearTimeout(idle);
      idle = setTimeout(leave, IDLE_MS);
    }
  };
  const close = (): void => {
    if (!closing) {
      setTimeout(() => {
        parts.log.error({ running }, "renewals did not end in time; their leases end by themselves");
        process.exit(1);
      }, LONGEST_END_MS).unref();
    }
    closing = true;
    leave();
  };
  process.on("message", (message) => {
    const told = toCourier.parse(message);
    if (told.type === "close" || closing) {
      close();
      return;
    }
    running += 1;
    clearTimeout(idle);
    void carry(parts, told).then((answer) => {
      ended(answer);
      return undefined;
    });
  });
  process.on("disconnect", close);
  process.on("SIGTERM", close);
  process.on("SIGINT", () => undefined);
  // It may have died before we listened.
  if (!process.connected) {
    close();
  }
}

/** Nobody may be there to hear it: what matters is in the database. */
function tell(answer: FromCourier, then: () => void): void {
  if (process.connected && process.send !== undefined) {
    process.send(answer, undefined, undefined, then);
  } else {
    then();
  }
}

async function carry(
  parts: RefreshParts,
  { id, request }: Extract<ToCourier, { type: "refresh" }>,
): Promise<FromCourier> {
  try {
    return { type: "result", id, result: await refreshHere(parts, request) };
  } catch (error) {
    if (!(error instanceof TenonError)) {
      parts.log.error({ err: error, connectionId: request.connectionId }, "a renewal failed unexpectedly");
    }
    return { type: "error", id, error: errorOf(error) };
  }
}

function errorOf(error: unknown) {
  if (error instanceof TenonError) {
    const { code, fault, status, message } = error;
    return { code, fault, status, message };
  }
  return {
    code: "TENON_UNAVAILABLE",
    fault: "passing" as const,
    status: 503,
    message: "The renewal of the connection failed; it is tried again.",
  };
}
