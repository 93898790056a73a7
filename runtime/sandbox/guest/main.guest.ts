import { startClock } from "./clock.guest.ts";
import { abortRun } from "./ctx.guest.ts";
import { openDoor, settleCall } from "./door.guest.ts";
import { installGlobals } from "./globals.guest.ts";
import { harden } from "./harden.guest.ts";
import { lazy } from "./lazy.guest.ts";
import { limitLog } from "./log.guest.ts";
import { indexOf, slice } from "./primordials.guest.ts";
import type { StartPayload } from "./start.guest.ts";
import { setSeed } from "./seed.guest.ts";
import { readPayload, runWorkflow } from "./workflow.guest.ts";

/**
 * The prelude: the first code of every isolate. Takes away what must not be there, adds the web's globals, and
 * returns the boot function, which trades the door out (`post`) for the door in (`deliver`).
 */
harden();
installGlobals();

let payload: StartPayload | null = null;
let bundle: (() => unknown) | null = null;

/** The bundle's first call: it brings itself as a function, and this name is gone before any of it runs. */
function loadOnce(evaluate: () => unknown): void {
  Reflect.deleteProperty(globalThis, "__tenonLoad");
  bundle = evaluate;
  startWhenComplete();
}

/** Code and payload come in either order. */
function startWhenComplete(): void {
  if (payload !== null && bundle !== null) {
    runWorkflow(payload, bundle);
  }
}

function begin(json: string): void {
  startClock();
  payload = readPayload(json);
  setSeed(payload.seed);
  const { limits } = payload;
  limitLog(limits.logLines, limits.logBytes, limits.logLineBytes);
  startWhenComplete();
}

function settle(message: string, failed: boolean): void {
  const space = indexOf(message, " ");
  settleCall(Number(slice(message, 1, space)), slice(message, space + 1), failed);
}

function deliver(message: string): void {
  switch (message[0] ?? "") {
    case "s":
      begin(slice(message, 1));
      break;
    case "r":
      settle(message, false);
      break;
    case "e":
      settle(message, true);
      break;
    case "k":
      lazy.cryptoJobs().settleCrypto(slice(message, 1));
      break;
    case "a":
      abortRun(slice(message, 1));
      break;
    case "t":
      lazy.timers().wake();
      break;
    default:
      // The process says nothing else.
      break;
  }
}

/** Called once by the process. */
export function boot(post: (text: string) => void): (text: string) => void {
  openDoor(post);
  Object.defineProperty(globalThis, "__tenonLoad", { value: loadOnce, configurable: true });
  return deliver;
}
