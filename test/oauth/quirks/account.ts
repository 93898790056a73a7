import { randomUUID } from "node:crypto";
import { afterEach, expect } from "vitest";
import { createEgress } from "#runtime/egress/fetch.ts";
import type { Egress } from "#runtime/egress/fetch.ts";
import { authorizationOf } from "#runtime/oauth/authorization.ts";
import type { Credential, OAuthApp } from "#runtime/oauth/credential.ts";
import { beginAuthorization } from "#runtime/oauth/protocol/begin-authorization.ts";
import type { OAuthContext, TokenAnswer } from "#runtime/oauth/protocol/context.ts";
import { exchangeCode } from "#runtime/oauth/protocol/exchange-code.ts";
import { renewTokens } from "#runtime/oauth/protocol/renew-tokens.ts";
import { requestAppTokens } from "#runtime/oauth/protocol/request-app-tokens.ts";
import { revokeTokens } from "#runtime/oauth/protocol/revoke-tokens.ts";
import { verifyConnection } from "#runtime/oauth/verify.ts";
import type { VerificationResult } from "#runtime/oauth/verify.ts";
import { startFakeProvider } from "#sdk/connector-testing.ts";
import type { FakeBehavior, FakeProvider } from "#sdk/connector-testing.ts";
import type { AuthMethodOf } from "#sdk/connector/auth.ts";
import { authMethodOf } from "#sdk/connector/parse.ts";
import type { ConnectorInput } from "#sdk/connector/schema.ts";
import { TEST_CA } from "#test/egress/certificate.ts";

type OAuthInput = Extract<ConnectorInput["auth"][number], { type: "oauth2" }>;

export const REDIRECT_URI = "https://tenon.example.com/oauth/callback";

/** A plain connector; a quirk is what its test changes. */
export function connectorWith(
  oauth: Partial<OAuthInput>,
  more: Partial<ConnectorInput> = {},
): ConnectorInput {
  return {
    slug: "quirky",
    name: "Quirky",
    hosts: ["quirky.example.com"],
    baseUrl: "https://quirky.example.com/api",
    verification: { path: "/me", account: { id: "id", name: "name" } },
    ...more,
    auth: [
      {
        id: "oauth",
        type: "oauth2",
        label: "OAuth",
        authorizeUrl: "https://quirky.example.com/authorize",
        tokenUrl: "https://quirky.example.com/token",
        ...oauth,
      },
    ],
  };
}

/** The product's side of one connector and the provider made from it, on one clock. */
export interface Account {
  readonly provider: FakeProvider;
  readonly method: AuthMethodOf<"oauth2">;
  readonly context: OAuthContext;
  readonly egress: Egress;
  /** Epoch milliseconds, for both sides. */
  now(): number;
  /** Moves both clocks. */
  advance(seconds: number): void;
  /** Connects as a person would: authorizes, comes back, and gets tokens. */
  connect(scopes?: readonly string[]): Promise<Credential>;
  /** The same, whatever comes of it. */
  tryConnect(scopes?: readonly string[]): Promise<TokenAnswer>;
  /** @throws when it brings no tokens */
  renew(credential: Credential): Promise<Credential>;
  tryRenew(credential: Credential): Promise<TokenAnswer>;
  askAsApp(): Promise<TokenAnswer>;
  revoke(credential: Credential): ReturnType<typeof revokeTokens>;
  /** Makes the verification request with a credential. */
  use(credential: Credential): Promise<VerificationResult>;
}

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map(async (close) => close()));
});

/** What an OAuth app may have besides its id and secret. */
export type AppParts = Partial<Pick<OAuthApp, "certificate" | "certificateKey" | "clientSecret">>;

/** Starts the provider of a definition, and plays the product towards it. All of it ends with the test. */
export async function open(
  definition: ConnectorInput,
  behavior: FakeBehavior = {},
  app: AppParts = {},
): Promise<Account> {
  let skewMs = 0;
  const now = (): number => Date.now() + skewMs;
  const provider = await startFakeProvider(definition, { redirectUri: REDIRECT_URI, now, ...behavior });
  const egress = createEgress({ allow: ["127.0.0.0/8", "::1/128"], ca: TEST_CA });
  closers.push(
    () => provider.close(),
    () => egress.close(),
  );
  const { connector } = provider;
  const method = authMethodOf(connector, provider.method);
  if (method?.type !== "oauth2") {
    throw new Error("the method served is not OAuth 2.0");
  }
  const context: OAuthContext = {
    connector,
    method,
    app: appOf(provider, app),
    fields: provider.fields,
    egress,
    redirectUri: REDIRECT_URI,
    signal: AbortSignal.timeout(20_000),
    now,
  };
  const account: Account = {
    provider,
    method,
    context,
    egress,
    now,
    advance: (seconds) => void (skewMs += seconds * 1_000),
    connect: async (scopes) => tokensOf(await account.tryConnect(scopes)),
    tryConnect: async (scopes) => authorize(account, scopes),
    renew: async (credential) => tokensOf(await renewTokens(context, credential)),
    tryRenew: async (credential) => renewTokens(context, credential),
    askAsApp: async () => requestAppTokens(context),
    revoke: async (credential) => revokeTokens(context, credential),
    use: async (credential) => use(account, credential),
  };
  return account;
}

/** Starts the provider of a definition whose credentials are pasted. It ends with the test. */
export async function openPasted(
  definition: ConnectorInput,
  behavior: FakeBehavior,
): Promise<Pick<Account, "provider" | "egress">> {
  const provider = await startFakeProvider(definition, behavior);
  const egress = createEgress({ allow: ["127.0.0.0/8", "::1/128"] });
  closers.push(
    () => provider.close(),
    () => egress.close(),
  );
  return { provider, egress };
}

/** The tokens of an answer. @throws with what the answer says instead */
export function tokensOf(answer: TokenAnswer): Credential {
  if (answer.kind !== "tokens") {
    throw new Error(`no tokens: ${JSON.stringify(answer)}`);
  }
  return answer.credential;
}

/** The token set of that name. */
export function setOf(credential: Credential, name = "main"): Credential["tokens"][string] {
  const set = credential.tokens[name];
  if (set === undefined) {
    throw new Error(`no token set ${name} in ${Object.keys(credential.tokens).join(", ")}`);
  }
  return set;
}

/** Seconds from now until a set's access token ends; null: never. */
export function lifetimeOf(account: Account, credential: Credential, name = "main"): number | null {
  const { expiresAt } = setOf(credential, name);
  return expiresAt === null ? null : Math.round((expiresAt - account.now()) / 1_000);
}

/** The parameters of the n-th request to the token endpoint, wherever they stood. */
export function tokenRequest(
  account: Account,
  position: number,
): {
  method: string;
  url: URL;
  headers: Readonly<Record<string, string>>;
  form: URLSearchParams;
  body: string;
} {
  const entry = account.provider.log.filter(({ endpoint }) => endpoint === "token").at(position);
  if (entry === undefined) {
    throw new Error("there was no such request to the token endpoint");
  }
  const { method, headers, body } = entry;
  const url = new URL(entry.url, account.provider.url);
  return { method, url, headers, body, form: new URLSearchParams(body) };
}

/** The authorization request, as it came. */
export function authorizeRequest(account: Account): URL {
  const entry = account.provider.log.find(({ endpoint }) => endpoint === "authorize");
  return new URL(entry?.url ?? "/", account.provider.url);
}

/** The whole life, with nothing to complain of at the provider: connect, use, renew, use. Returns the last credential. */
export async function live(account: Account): Promise<Credential> {
  const first = await account.connect();
  expect(await account.use(first)).toMatchObject({ ok: true, account: { id: "account-1" } });
  const second = await account.renew(first);
  expect(setOf(second).accessToken).not.toBe(setOf(first).accessToken);
  expect(await account.use(second)).toMatchObject({ ok: true });
  expect(account.provider.complaints).toEqual([]);
  return second;
}

async function authorize(account: Account, scopes?: readonly string[]): Promise<TokenAnswer> {
  const { context, provider } = account;
  const state = randomUUID();
  const asked = scopes === undefined ? {} : { scopes };
  const { url, verifier } = await beginAuthorization(context, { state, ...asked });
  const { searchParams: callback } = await provider.consent(url);
  return exchangeCode(context, { callback, state, verifier, ...asked });
}

async function use(account: Account, credential: Credential): Promise<VerificationResult> {
  const { connector, method, app, fields, egress, signal } = account.context;
  const authorization = authorizationOf({ connector, method, fields, credential, version: 1, app });
  return verifyConnection({ connector, authorization, credential, egress, signal, fields });
}

function appOf({ clientId, clientSecret, privateKey, keyId }: FakeProvider, parts: AppParts): OAuthApp {
  return {
    id: "00000000-0000-7000-8000-000000000001",
    clientId,
    clientSecret,
    privateKey,
    keyId,
    certificate: null,
    certificateKey: null,
    ...parts,
  };
}
