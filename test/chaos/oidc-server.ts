/**
 * A real OpenID provider in a process of its own, with rotation and reuse detection, behind a front that delays and
 * fails token requests, and an API that takes its access tokens. `refresh.test.ts` forks it.
 */
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Provider } from "oidc-provider";
import type { Adapter, AdapterPayload, JWK } from "oidc-provider";

/** What the process is told: make grants, or tell what happened. */
export type ToOidcServer =
  | { readonly type: "grants"; readonly count: number }
  | { readonly type: "disturb"; readonly on: boolean }
  | { readonly type: "stats" };

export interface OidcStats {
  /** Token requests that reached the front, and what became of them. */
  readonly received: number;
  readonly failed: number;
  readonly delayed: number;
  readonly droppedUnserved: number;
  readonly served: number;
  /** Answers with tokens whose connection was gone by then. */
  readonly answersLost: number;
  /** Refresh tokens that came a second time: each ended its grant. */
  readonly reused: number;
  readonly invalidGrant: number;
  readonly apiCalls: number;
  /** API calls with a token that had ended. */
  readonly apiExpired: number;
}

export type FromOidcServer =
  | { readonly type: "ready"; readonly port: number }
  | { readonly type: "grants"; readonly refreshTokens: readonly string[] }
  | { readonly type: "stats"; readonly stats: OidcStats };

const ACCESS_TOKEN_SECONDS = 20;
// No ID token: its signature would be the most expensive part of the scenario.
const SCOPE = "offline_access";
const FAILING = 0.05;
const SLOW = 0.02;
/** Mostly a few seconds; up to just below what callers wait for. */
const SLOWEST_MS = 29_000;

const stats = {
  received: 0,
  failed: 0,
  delayed: 0,
  droppedUnserved: 0,
  served: 0,
  answersLost: 0,
  reused: 0,
  invalidGrant: 0,
  apiCalls: 0,
  apiExpired: 0,
};
let disturbing = false;

/** Everything in one map: the adapter that ships with the package keeps a thousand entries. */
const stored = new Map<string, AdapterPayload>();
const members = new Map<string, Set<string>>();

class MapAdapter implements Adapter {
  readonly #model: string;
  constructor(model: string) {
    this.#model = model;
  }
  async upsert(id: string, payload: AdapterPayload, expiresIn: number): Promise<void> {
    const key = `${this.#model}:${id}`;
    stored.set(key, payload);
    if (payload.grantId !== undefined) {
      members.set(payload.grantId, (members.get(payload.grantId) ?? new Set()).add(key));
    }
    if (this.#model === "AccessToken") {
      // A while longer than it lives, so that one that has ended is known as that.
      setTimeout(() => stored.delete(key), (expiresIn + 60) * 1_000).unref();
    }
  }
  async find(id: string): Promise<AdapterPayload | undefined> {
    return stored.get(`${this.#model}:${id}`);
  }
  async findByUserCode(): Promise<undefined> {
    return undefined;
  }
  async findByUid(): Promise<undefined> {
    return undefined;
  }
  async consume(id: string): Promise<void> {
    const payload = stored.get(`${this.#model}:${id}`);
    if (payload !== undefined) {
      payload.consumed = Math.floor(Date.now() / 1_000);
    }
  }
  async destroy(id: string): Promise<void> {
    stored.delete(`${this.#model}:${id}`);
  }
  async revokeByGrantId(grantId: string): Promise<void> {
    members.get(grantId)?.forEach((key) => stored.delete(key));
    members.delete(grantId);
  }
}

const server = createServer((request, response) => {
  void front(request, response);
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const address = server.address();
const port = typeof address === "object" && address !== null ? address.port : 0;
const provider = new Provider(`http://localhost:${String(port)}`, {
  adapter: MapAdapter,
  clients: [
    {
      client_id: "client",
      client_secret: "client-secret",
      grant_types: ["authorization_code", "refresh_token"],
      redirect_uris: ["https://tenon.example/oauth/callback"],
      token_endpoint_auth_method: "client_secret_post",
    },
  ],
  scopes: ["openid", "offline_access"],
  jwks: {
    keys: [generateKeyPairSync("rsa", { modulusLength: 2_048 }).privateKey.export({ format: "jwk" }) as JWK],
  },
  cookies: { keys: ["only-for-tests"] },
  rotateRefreshToken: true,
  ttl: { AccessToken: ACCESS_TOKEN_SECONDS, RefreshToken: 86_400, Grant: 86_400, IdToken: 3_600 },
  findAccount: async (_context, accountId) => ({ accountId, claims: async () => ({ sub: accountId }) }),
  features: { devInteractions: { enabled: false } },
});
provider.on("grant.error", (_context, error) => {
  if (error.message === "invalid_grant") {
    stats.invalidGrant += 1;
    stats.reused += error.error_detail === "refresh token already used" ? 1 : 0;
  }
});
const serve = provider.callback();

process.on("message", (message) => {
  void obey(message as ToOidcServer);
});
process.on("disconnect", () => {
  process.exit(0);
});
tell({ type: "ready", port });

function tell(message: FromOidcServer): void {
  process.send?.(message);
}

async function obey(told: ToOidcServer): Promise<void> {
  if (told.type === "grants") {
    tell({ type: "grants", refreshTokens: await Promise.all(Array.from({ length: told.count }, grant)) });
  } else if (told.type === "disturb") {
    disturbing = told.on;
  } else {
    tell({ type: "stats", stats });
  }
}

/** What a person's consent would leave: a grant and its first refresh token. */
async function grant(_: unknown, index: number): Promise<string> {
  const accountId = `account-${String(index)}`;
  const made = new provider.Grant({ accountId, clientId: "client" });
  made.addOIDCScope(SCOPE);
  const grantId = await made.save();
  const client = await provider.Client.find("client");
  if (client === undefined) {
    throw new Error("the client is not registered");
  }
  const token = new provider.RefreshToken({
    accountId,
    client,
    grantId,
    scope: SCOPE,
    gty: "authorization_code",
    iiat: Math.floor(Date.now() / 1_000),
    rotations: 0,
    claims: {},
    sessionUid: grantId,
    expiresWithSession: false,
    authTime: Math.floor(Date.now() / 1_000),
  });
  return token.save();
}

async function front(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url === "/api/me") {
    await api(request, response);
    return;
  }
  stats.received += 1;
  if (disturbing && Math.random() < FAILING) {
    stats.failed += 1;
    response.writeHead(503).end("<html>Service Unavailable</html>");
    return;
  }
  const slow = disturbing && Math.random() < SLOW;
  const delayMs = slow ? SLOWEST_MS * Math.random() ** 2 : 0;
  // Half of them are slow before they do anything, half before they tell.
  const before = Math.random() < 0.5;
  if (slow) {
    stats.delayed += 1;
    if (before) {
      await pause(delayMs);
      if (response.destroyed) {
        stats.droppedUnserved += 1;
        return;
      }
    } else {
      holdBack(response, delayMs);
    }
  }
  response.once("close", () => {
    if (response.statusCode === 200) {
      stats.served += 1;
      stats.answersLost += response.writableFinished ? 0 : 1;
    }
  });
  await serve(request, response);
}

/** Ends the answer only after a while. */
function holdBack(response: ServerResponse, delayMs: number): void {
  const end = response.end.bind(response) as (...args: unknown[]) => ServerResponse;
  response.end = ((...args: unknown[]) => {
    setTimeout(() => end(...args), delayMs);
    return response;
  }) as typeof response.end;
}

async function api(request: IncomingMessage, response: ServerResponse): Promise<void> {
  stats.apiCalls += 1;
  const value = request.headers.authorization?.replace(/^Bearer /, "") ?? "";
  const token = await provider.AccessToken.find(value, { ignoreExpiration: true });
  if (token === undefined || token.isExpired) {
    stats.apiExpired += 1;
    response.writeHead(401).end();
    return;
  }
  response.writeHead(200, { "content-type": "application/json" }).end("{}");
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
