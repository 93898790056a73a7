import * as abort from "./abort.guest.ts";
import { abortRun } from "./ctx.guest.ts";
import { openDoor, settleCall } from "./door.guest.ts";
import * as encoding from "./encoding.guest.ts";
import * as web from "./fetch.guest.ts";
import { Headers } from "./headers.guest.ts";
import { harden } from "./harden.guest.ts";
import { limitLog, makeConsole } from "./log.guest.ts";
import { indexOf, slice } from "./primordials.guest.ts";
import { crypto, seedRandom } from "./random.guest.ts";
import type { StartPayload } from "./start.guest.ts";
import { structuredClone } from "./clone.guest.ts";
import { timers, wake } from "./timers.guest.ts";
import { reportUncaught } from "./uncaught.guest.ts";
import { URL, URLSearchParams } from "./url.guest.ts";
import { readPayload, runWorkflow } from "./workflow.guest.ts";

/**
 * The prelude: the first code of every isolate. Takes away what must not be there, adds the web's globals, and
 * returns the boot function, which trades the door out (`post`) for the door in (`deliver`).
 */
harden();

const started = Date.now();
const globals: Record<string, unknown> = {
  ...timers,
  ...abort,
  console: makeConsole(),
  crypto,
  structuredClone,
  fetch: web.fetch,
  Headers,
  Request: web.Request,
  Response: web.Response,
  URL,
  URLSearchParams,
  TextEncoder: encoding.TextEncoder,
  TextDecoder: encoding.TextDecoder,
  atob: encoding.atob,
  btoa: encoding.btoa,
  performance: { timeOrigin: started, now: () => Date.now() - started },
  queueMicrotask: (callback: () => unknown) => {
    void Promise.resolve().then(callback).catch(reportUncaught);
  },
  self: globalThis,
};
for (const name of Object.keys(globals)) {
  Object.defineProperty(globalThis, name, {
    value: globals[name],
    configurable: true,
    writable: true,
    enumerable: false,
  });
}

let payload: StartPayload | null = null;

/** The bundle's first call: it brings itself as a function, and this name is gone before any of it runs. */
function loadOnce(evaluate: () => unknown): void {
  Reflect.deleteProperty(globalThis, "__tenonLoad");
  if (payload !== null) {
    runWorkflow(payload, evaluate);
  }
}

function begin(json: string): void {
  payload = readPayload(json);
  seedRandom(payload.seed);
  const { limits } = payload;
  limitLog(limits.logLines, limits.logBytes, limits.logLineBytes);
  Object.defineProperty(globalThis, "__tenonLoad", { value: loadOnce, configurable: true });
}

function settle(message: string, failed: boolean): void {
  const space = indexOf(message, " ");
  settleCall(Number(slice(message, 1, space)), slice(message, space + 1), failed);
}

function deliver(message: string): void {
  switch (message[0]) {
    case "s":
      begin(slice(message, 1));
      break;
    case "r":
      settle(message, false);
      break;
    case "e":
      settle(message, true);
      break;
    case "a":
      abortRun(slice(message, 1));
      break;
    case "t":
      wake();
      break;
  }
}

/** Called once by the process. */
export function boot(post: (text: string) => void): (text: string) => void {
  openDoor(post);
  return deliver;
}
