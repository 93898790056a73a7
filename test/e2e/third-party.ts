import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

/** A small third-party API on loopback that wants a bearer key, and that carelessly echoes what it was sent. */
export interface ThirdParty {
  readonly port: number;
  /** Requests that brought the right key. */
  authorized(): number;
  refused(): number;
  close(): Promise<void>;
}

const ORDERS: Readonly<Record<string, readonly { readonly id: string; readonly total: number }[]>> = {
  acme: [
    { id: "A-1", total: 120 },
    { id: "A-2", total: 80 },
  ],
  globex: [{ id: "G-1", total: 990 }],
};

/** Starts it on a free port. */
export async function startThirdParty(key: string): Promise<ThirdParty> {
  let authorized = 0;
  let refused = 0;
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const header = request.headers.authorization ?? "";
    if (header !== `Bearer ${key}`) {
      refused += 1;
      response
        .writeHead(401, { "content-type": "application/json" })
        .end('{"error":"a bearer key is needed"}');
      return;
    }
    authorized += 1;
    const customer = new URL(request.url ?? "/", "http://localhost").pathname.split("/")[2] ?? "";
    const body = { orders: ORDERS[customer] ?? [], youSent: header };
    response
      .writeHead(200, { "content-type": "application/json", "x-echo": header })
      .end(JSON.stringify(body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    authorized: () => authorized,
    refused: () => refused,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
