import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Provider } from "oidc-provider";
import type { ClientMetadata, JWK } from "oidc-provider";

/** A real OpenID provider on loopback, whose one account consents to everything. */
export interface OpenIdProvider {
  readonly origin: string;
  /** Goes through the authorization as a browser does; the query that it brings back to `redirectUri`. */
  authorize(url: string, redirectUri: string): Promise<URLSearchParams>;
  close(): Promise<void>;
}

const SCOPES = ["openid", "offline_access"];

/** Rotates refresh tokens, and revokes a whole grant when a spent one is used again. */
export async function startOpenIdProvider(clients: readonly ClientMetadata[]): Promise<OpenIdProvider> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const origin = `http://localhost:${String(port)}`;
  const provider = new Provider(origin, {
    clients: [...clients],
    scopes: SCOPES,
    jwks: {
      keys: [generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" }) as JWK],
    },
    cookies: { keys: ["only-for-tests"] },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      revocation: { enabled: true },
      introspection: { enabled: true },
    },
    clientAuthMethods: ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
    pkce: { required: () => true },
    rotateRefreshToken: true,
    ttl: { AccessToken: 600, RefreshToken: 3_600, ClientCredentials: 300 },
    findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
  });
  const handle = provider.callback();
  server.on("request", (request, response) => {
    void (request.url?.startsWith("/interaction/") === true
      ? interact(provider, request, response)
      : handle(request, response));
  });
  return {
    origin,
    authorize,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function interact(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { prompt, params } = await provider.interactionDetails(request, response);
  if (prompt.name === "login") {
    await provider.interactionFinished(request, response, { login: { accountId: "account-1" } });
    return;
  }
  const grant = new provider.Grant({ accountId: "account-1", clientId: String(params["client_id"]) });
  grant.addOIDCScope(SCOPES.join(" "));
  await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
}

async function authorize(start: string, redirectUri: string): Promise<URLSearchParams> {
  const cookies = new Map<string, string>();
  let url = start;
  for (let hops = 0; hops < 10; hops += 1) {
    const response = await fetch(url, {
      redirect: "manual",
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") },
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get("location");
    if (location === null) {
      throw new Error(`The authorization does not go on: ${await response.text()}`);
    }
    url = new URL(location, url).href;
    if (url.startsWith(redirectUri)) {
      return new URL(url).searchParams;
    }
  }
  throw new Error(`The authorization does not come back: it is at ${url}`);
}
