import { once } from "node:events";
import { createServer, get as httpGet } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer as createTlsServer, get as httpsGet } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { parseConnector } from "../connector/parse.ts";
import type { Connector, ConnectorInput } from "../connector/schema.ts";
import type { FakeBehavior, FakeCounts, FakeEndpoint, FakeLogEntry, Mishap } from "./behavior.ts";
import { openDesk } from "./desk.ts";
import type { FakeClient } from "./desk.ts";
import { openWorld, serve } from "./serve.ts";
import type { World } from "./serve.ts";

/** A provider on loopback, made from a connector's definition. */
export interface FakeProvider extends FakeClient {
  /** `http://localhost:<port>`. */
  readonly url: string;
  /** The definition, its addresses those of this provider: what the product is given. */
  readonly connector: Connector;
  /** The id of the auth method that is served. */
  readonly method: string;
  /** Values for the connection's fields, plain and secret, that the provider accepts. */
  readonly fields: Readonly<Record<string, string>>;
  readonly account: { readonly id: string; readonly name: string };
  /** Every request so far, in order. */
  readonly log: readonly FakeLogEntry[];
  /** What clients did that the definition does not say: a wrong client authentication, no PKCE… Empty: nothing. */
  readonly complaints: readonly string[];
  readonly control: FakeControl;
  counts(): FakeCounts;
  /**
   * Does what a browser does after the person agreed: opens the authorization URL and gives back where it leads, the
   * callback with its parameters. Nothing is asked at the callback.
   */
  consent(authorizeUrl: string): Promise<URL>;
  close(): Promise<void>;
}

/** What a test does to a provider. */
export interface FakeControl {
  /** Ends every access token now. Refresh tokens stay. */
  expireAccessTokens(): void;
  /** Ends every grant: refresh tokens are answered with `invalid_grant`. */
  revokeGrants(): void;
  /** The next `count` requests go wrong; of `endpoints` only, when they are named. */
  failNext(count: number, mishap: Mishap, ...endpoints: readonly FakeEndpoint[]): void;
  /** Forgets the mishaps to come. */
  recover(): void;
  /** The person says no: the callback carries this error. Null: they agree again. */
  deny(error: string | null): void;
  /** Every answer comes so many milliseconds later. */
  latency(ms: number): void;
  /** Moves the provider's clock. */
  advance(seconds: number): void;
}

/**
 * Starts a provider that behaves as a connector's definition says, and as strictly as a good provider does: client
 * authentication, redirect URI, PKCE, single-use codes, scopes, the form of token requests, rotation with reuse
 * detection. Its addresses are paths of one origin: `https://{shop}.example.com/x` is `<url>/{shop}.example.com/x`.
 *
 * @param definition - The definition as its author wrote it.
 * @param behavior - What a definition leaves open.
 * @throws DefinitionError for a definition that is none; Error when a field's value cannot be made up
 *
 * @example
 * ```ts
 * const provider = await startFakeProvider(connector);
 * const callback = await provider.consent(authorizeUrl);
 * provider.control.failNext(1, { status: 503 }, "token");
 * assert.deepEqual(provider.complaints, []);
 * await provider.close();
 * ```
 */
export async function startFakeProvider(
  definition: ConnectorInput,
  behavior: FakeBehavior = {},
): Promise<FakeProvider> {
  const parsed = parseConnector(definition);
  const server = listenerOf(behavior);
  server.listen(0, "localhost");
  await once(server, "listening");
  const scheme = behavior.tls === undefined ? "http" : "https";
  const origin = `${scheme}://localhost:${String((server.address() as AddressInfo).port)}`;
  let skewMs = 0;
  const now = (): number => (behavior.now?.() ?? Date.now()) + skewMs;
  try {
    const world = openWorld(openDesk(parsed, origin, behavior, now));
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      void serve(world, request, response);
    });
    return providerOf(world, server, (seconds) => (skewMs += seconds * 1_000));
  } catch (error) {
    server.close();
    throw error;
  }
}

function listenerOf({ tls }: FakeBehavior): Server {
  return tls === undefined
    ? createServer()
    : createTlsServer({ key: tls.key, cert: tls.certificate, requestCert: true, rejectUnauthorized: false });
}

function providerOf(world: World, server: Server, advance: (seconds: number) => void): FakeProvider {
  const { desk } = world;
  return {
    ...desk.client,
    url: desk.origin,
    connector: desk.connector,
    method: desk.method.id,
    fields: desk.fields,
    account: desk.account,
    log: world.log,
    complaints: world.complaints,
    control: controlOf(world, advance),
    counts: () => ({ ...world.counts, reuses: desk.ledger.reuses }),
    consent: async (authorizeUrl) => consent(desk.origin, authorizeUrl),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function controlOf(world: World, advance: (seconds: number) => void): FakeControl {
  const { ledger } = world.desk;
  return {
    expireAccessTokens: () => ledger.endAccess(),
    revokeGrants: () => {
      for (const grant of ledger.grants) {
        grant.revoked = true;
      }
    },
    failNext: (count, mishap, ...endpoints) => void world.planned.push({ mishap, endpoints, left: count }),
    recover: () => void world.planned.splice(0),
    deny: (error) => {
      world.denial = error;
    },
    latency: (ms) => {
      world.latencyMs = ms;
    },
    advance,
  };
}

async function consent(origin: string, authorizeUrl: string): Promise<URL> {
  if (!authorizeUrl.startsWith(`${origin}/`)) {
    throw new Error(`${authorizeUrl} is not an address of this provider (${origin}).`);
  }
  const request = origin.startsWith("https:")
    ? httpsGet(authorizeUrl, { rejectUnauthorized: false })
    : httpGet(authorizeUrl);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const body = await text(response);
  const { location } = response.headers;
  if (location === undefined) {
    throw new Error(`The provider did not redirect: ${String(response.statusCode)} ${body}`);
  }
  return new URL(location);
}
