import { defineInterface } from "./define-interface.guest.ts";
import { failure } from "./failure.guest.ts";

/**
 * WebSocket, which cannot be opened here. It exists because clients look for it when they are made, although they
 * may never open one.
 */
// oxlint-disable-next-line typescript/no-extraneous-class -- a client calls `new` on it
export class WebSocket {
  constructor() {
    throw failure(
      "TENON_FETCH_INVALID",
      "A workflow cannot open a WebSocket: it ends with its run, and secrets are put only into HTTP requests. Send requests by fetch, or let the service call a webhook.",
    );
  }
}

defineInterface(WebSocket, {
  name: "WebSocket",
  constants: { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 },
  length: 1,
});
