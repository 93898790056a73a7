import { requireArguments } from "./define-interface.guest.ts";
import { encodeRequest, exchange } from "./exchange.guest.ts";
import { lazy } from "./lazy.guest.ts";
import { Request, requestAccess } from "./request.guest.ts";
import type { Response } from "./response.guest.ts";

/** `fetch` and `ctx.fetch`: the request leaves from the worker, where secrets are put in and hosts are checked. */
export async function fetch(input: unknown, init?: unknown): Promise<Response> {
  requireArguments(arguments.length, 1, "fetch");
  const request = new Request(input, init);
  const { integrity } = requestAccess.stateOf(request);
  const responding = /^(?:blob|data):/.test(request.url)
    ? local(request)
    : exchange("fetch", encodeRequest(request));
  return integrity === "" ? responding : lazy.integrity().withIntegrity(await responding, integrity);
}

async function local(request: Request): Promise<Response> {
  requestAccess.signalOf(request)?.throwIfAborted();
  return Promise.resolve(lazy.localUrls().fetchLocal(requestAccess.stateOf(request)));
}
