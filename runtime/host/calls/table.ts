import type { HostCall } from "./call.ts";
import { connectionAction } from "./connection-action.ts";
import { connectionFetch } from "./connection-fetch.ts";
import { connectionPage } from "./connection-page.ts";
import { fetch, fetchRead, fetchWrite } from "./fetch.ts";
import { handlerFetch } from "./handler-fetch.ts";
import { hmac } from "./hmac.ts";
import { reveal } from "./reveal.ts";

/** Everything that guest code can ask the worker for. */
export const CALLS: ReadonlyMap<string, HostCall> = new Map([
  ["connection.action", connectionAction],
  ["connection.fetch", connectionFetch],
  ["connection.page", connectionPage],
  ["fetch", fetch],
  ["fetch.read", fetchRead],
  ["fetch.write", fetchWrite],
  ["handler.fetch", handlerFetch],
  ["hmac", hmac],
  ["reveal", reveal],
]);
