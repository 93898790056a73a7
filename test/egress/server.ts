import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach } from "vitest";
import type { EgressRequest, EgressResponse, EgressSecret } from "#runtime/egress/fetch.ts";
import { TEST_CERTIFICATE, TEST_PRIVATE_KEY } from "./certificate.ts";

/** What a server received. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface TestServer {
  /** `http://127.0.0.1:<port>` (or its own address), without a trailing slash. */
  readonly origin: string;
  readonly port: number;
  /** The pattern that allows it. */
  readonly pattern: string;
  readonly received: readonly Received[];
  /** How many connections were made to it. */
  connections(): number;
}

type Answer = (request: Received, response: ServerResponse) => void;

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

/** A real HTTP server on loopback that lives until the test ends. */
export async function serve(
  answer: Answer,
  options: { tls?: boolean; address?: string } = {},
): Promise<TestServer> {
  const { address = "127.0.0.1" } = options;
  const received: Received[] = [];
  let connections = 0;
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const one = {
        method: request.method ?? "",
        url: request.url ?? "",
        headers: request.headers,
        body: Buffer.concat(chunks).toString("latin1"),
      };
      received.push(one);
      answer(one, response);
    });
  };
  const server =
    options.tls === true
      ? createTlsServer({ cert: TEST_CERTIFICATE, key: TEST_PRIVATE_KEY }, handle)
      : createServer(handle);
  server.on("connection", () => {
    connections += 1;
  });
  server.listen(0, address);
  await once(server, "listening");
  closers.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  const { port } = server.address() as AddressInfo;
  const scheme = options.tls === true ? "https" : "http";
  const origin = `${scheme}://${address}:${String(port)}`;
  const pattern = options.tls === true ? `${address}:${String(port)}` : origin;
  return { origin, port, pattern, received, connections: () => connections };
}

/** A real HTTP server on loopback that sees requests while they come; it lives until the test ends. */
export async function streaming(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ readonly server: Server; readonly origin: string; readonly pattern: string }> {
  const server = createServer(answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  const origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return { server, origin, pattern: origin };
}

/** A request with everything defaulted: a GET without secrets that may reach nothing. */
export function request(url: string, given: Partial<EgressRequest> = {}): EgressRequest {
  return {
    url,
    method: "GET",
    headers: [],
    body: null,
    redirect: "follow",
    allow: [],
    secrets: [],
    signal: new AbortController().signal,
    bodyLimit: 1_000_000,
    ...given,
  };
}

export function secret(name: string, value: string, hosts: readonly string[]): EgressSecret {
  return {
    name,
    value,
    placeholder: `tenon_secret_${name.toLowerCase()}_0123456789abcdef`,
    hosts,
    reveal: false,
  };
}

/** The whole body, as bytes. */
export async function bodyOf(response: EgressResponse): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** What a promise was rejected with; undefined when it was not. */
export function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}
