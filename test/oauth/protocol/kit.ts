import { afterAll } from "vitest";
import { createEgress } from "#runtime/egress/fetch.ts";
import type { Egress } from "#runtime/egress/fetch.ts";
import type { Credential, OAuthApp, TokenSet } from "#runtime/oauth/credential.ts";
import type { OAuthContext } from "#runtime/oauth/protocol/context.ts";
import type { AuthMethodOf } from "#sdk/connector/auth.ts";
import { parseConnector } from "#sdk/connector/parse.ts";
import type { Connector, ConnectorInput } from "#sdk/connector/schema.ts";
import { TEST_CA } from "#test/egress/certificate.ts";
import { serve } from "#test/egress/server.ts";
import type { Received, TestServer } from "#test/egress/server.ts";

type OAuthInput = Extract<ConnectorInput["auth"][number], { type: "oauth2" }>;

/** A provider on loopback: what it received, and what a test lets it answer. */
export interface Provider {
  readonly origin: string;
  readonly server: TestServer;
  /** The requests that came to the token endpoint. */
  readonly asked: readonly Received[];
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text as it is; anything else as JSON. */
  readonly body?: unknown;
}

/** A provider that answers every request with what `reply` makes of it. */
export async function startProvider(reply: (request: Received, count: number) => Reply): Promise<Provider> {
  const server = await serve((request, response) => {
    const { status = 200, headers = {}, body = "" } = reply(request, server.received.length);
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const type = typeof body === "string" ? {} : { "content-type": "application/json" };
    response.writeHead(status, { ...type, ...headers });
    response.end(text);
  });
  return providerAt(server);
}

export function providerAt(server: TestServer): Provider {
  return { origin: `http://localhost:${String(server.port)}`, server, asked: server.received };
}

/** A connector of that provider with one OAuth method, which differs from the standard as `oauth` says. */
export function connectorFor(
  { origin }: Pick<Provider, "origin">,
  oauth: Partial<OAuthInput> = {},
  rest: Partial<ConnectorInput> = {},
): Connector {
  return parseConnector({
    slug: "acme",
    name: "Acme",
    hosts: [origin],
    baseUrl: `${origin}/api`,
    auth: [
      {
        id: "oauth",
        label: "Sign in",
        type: "oauth2",
        authorizeUrl: `${origin}/authorize`,
        tokenUrl: `${origin}/token`,
        ...oauth,
      },
    ],
    ...rest,
  });
}

export const APP: OAuthApp = {
  id: "019ac000-0000-7000-8000-000000000001",
  clientId: "client-1",
  clientSecret: "client-secret-0f9e8d7c",
  privateKey: null,
  keyId: null,
  certificate: null,
  certificateKey: null,
};

const opened: Egress[] = [];
afterAll(() => Promise.all(opened.splice(0).map((egress) => egress.close())));

export function loopbackEgress(): Egress {
  const egress = createEgress({ allow: ["127.0.0.0/8", "::1/128"], ca: TEST_CA });
  opened.push(egress);
  return egress;
}

export const NOW = Date.UTC(2026, 10, 22, 12);

/** What a leg works with; the clock stands at `NOW`. */
export function contextFor(connector: Connector, given: Partial<OAuthContext> = {}): OAuthContext {
  return {
    connector,
    method: oauthOf(connector),
    app: APP,
    fields: {},
    egress: loopbackEgress(),
    redirectUri: "https://tenon.example/oauth/callback",
    signal: new AbortController().signal,
    now: () => NOW,
    ...given,
  };
}

export function oauthOf(connector: Connector): AuthMethodOf<"oauth2"> {
  const method = connector.auth.find((one) => one.type === "oauth2");
  if (method === undefined) {
    throw new Error("The connector of this test has no OAuth method.");
  }
  return method;
}

export function tokenSet(given: Partial<TokenSet> = {}): TokenSet {
  return {
    accessToken: "access-token-old-11112222",
    refreshToken: "refresh-token-old-33334444",
    expiresAt: NOW + 60_000,
    refreshExpiresAt: null,
    scopes: ["read"],
    issuedAt: NOW - 3_540_000,
    ...given,
  };
}

export function credentialOf(given: Partial<Credential> = {}): Credential {
  return {
    fields: {},
    tokens: { main: tokenSet() },
    callback: {},
    token: {},
    authorizedAt: NOW - 86_400_000,
    ...given,
  };
}

export function callbackOf(given: Readonly<Record<string, string>>): URLSearchParams {
  return new URLSearchParams({ state: "state-1", ...given });
}

/** The parameters of a request's form. */
export function formOf(request: Received | undefined): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(request?.body));
}
