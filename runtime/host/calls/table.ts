import type { HostCall } from "./call.ts";
import { fetch, fetchRead } from "./fetch.ts";
import { hmac } from "./hmac.ts";
import { reveal } from "./reveal.ts";

/** Everything that guest code can ask the worker for. */
export const CALLS: ReadonlyMap<string, HostCall> = new Map([
  ["fetch", fetch],
  ["fetch.read", fetchRead],
  ["hmac", hmac],
  ["reveal", reveal],
]);
