import { requireArguments } from "./define-interface.guest.ts";
import { encodeRequest, exchange } from "./exchange.guest.ts";
import { lazy } from "./lazy.guest.ts";
import { Request, requestAccess } from "./request.guest.ts";
import type { Response } from "./response.guest.ts";

/** `fetch` and `ctx.fetch`: the request leaves from the worker, where secrets are put in and hosts are checked. */
export async function fetch(input: unknown, init?: unknown): Promise<Response> {
  requireArguments(arguments.length, 1, "fetch");
  const request = new Request(input, init);
  if (/^(?:blob|data):/.test(request.url)) {
    requestAccess.signalOf(request)?.throwIfAborted();
    return lazy.localUrls().fetchLocal(requestAccess.stateOf(request));
  }
  return exchange("fetch", encodeRequest(request));
}
