import { startFakeProvider } from "#sdk/connector-testing.ts";
import type { FakeBehavior, FakeProvider } from "#sdk/connector-testing.ts";
import type { ConnectorInput } from "#sdk/connector/schema.ts";
import { makeTenant, startApi } from "#test/api/server.ts";
import type { Tenant, TestApi } from "#test/api/server.ts";

/** The API, an organization with an environment and a customer, and a provider that its connector leads to. */
export interface ConnectBench {
  readonly api: TestApi;
  readonly tenant: Tenant;
  readonly provider: FakeProvider;
  close(): Promise<void>;
}

/** A connector with an authorization and a pasted key. */
export const CONNECTOR: ConnectorInput = {
  slug: "acme-crm",
  name: "Acme CRM",
  description: "Contacts and deals.",
  hosts: ["api.acme-crm.example"],
  baseUrl: "https://api.acme-crm.example/v1",
  verification: { path: "/me", account: { id: "id", name: "name" } },
  auth: [
    {
      id: "oauth",
      type: "oauth2",
      label: "Sign in",
      authorizeUrl: "https://api.acme-crm.example/authorize",
      tokenUrl: "https://api.acme-crm.example/token",
      scopes: { default: ["contacts.read"] },
    },
  ],
};

/** Starts all of it. */
export async function startBench(
  connector: ConnectorInput = CONNECTOR,
  behavior: FakeBehavior = {},
): Promise<ConnectBench> {
  const provider = await startFakeProvider(connector, behavior);
  const api = await startApi();
  const tenant = await makeTenant(api);
  await must(tenant, "POST", "/environments", { slug: "staging", name: "Staging" });
  await must(tenant, "POST", "/customers", { slug: "globex", name: "Globex <b>GmbH</b>" });
  await addConnector(tenant, provider);
  return {
    api,
    tenant,
    provider,
    close: async () => {
      await api.close();
      await provider.close();
    },
  };
}

/** Gives an organization a provider's connector, with its OAuth app where it needs one. */
export async function addConnector(tenant: Tenant, provider: FakeProvider): Promise<void> {
  await must(tenant, "POST", "/connectors", { definition: provider.connector });
  if (provider.connector.auth.some(({ type }) => type === "oauth2")) {
    const { clientId, clientSecret } = provider;
    await must(tenant, "POST", "/oauth-apps", { connector: provider.connector.slug, clientId, clientSecret });
  }
}

/** Calls the API; anything but success is the test's own mistake. */
export async function must<T = Record<string, unknown> & { id: string }>(
  { client }: Tenant,
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const answer = await client.send<T>(method, path, body);
  if (answer.status >= 300) {
    throw new Error(`${method} ${path} answered ${String(answer.status)}: ${JSON.stringify(answer.body)}`);
  }
  return answer.body;
}

/** A new connect session, as a server asks for it. */
export interface NewSession {
  readonly id: string;
  readonly url: string;
  readonly token: string;
  readonly warnings: readonly string[];
}

export async function newSession(tenant: Tenant, more: object = {}): Promise<NewSession> {
  return must<NewSession>(tenant, "POST", "/connect-sessions", {
    environment: "staging",
    customer: "globex",
    ...("connection" in more ? {} : { connectors: ["acme-crm"] }),
    ...more,
  });
}

/** A browser as far as our page needs one: it keeps cookies, and says where it comes from. */
export interface Visitor {
  readonly session: NewSession;
  readonly cookies: Map<string, string>;
  page: string;
  /** A request of the page's script. */
  ask(path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** The form that goes on to the provider; gives back where it leads. */
  authorize(form: Record<string, string>): Promise<{ response: Response; url: string | null }>;
  /** What a provider's redirect makes the browser do. */
  follow(callback: URL): Promise<Response>;
}

/** Opens a session's page, as its script does. */
export async function openPage(api: TestApi, session: NewSession): Promise<Visitor> {
  const visitor = visit(api, session);
  const response = await visitor.ask("/open", { token: session.token });
  visitor.page = ((await response.json()) as { page: string }).page;
  return visitor;
}

/** A browser that has not opened anything yet. */
export function visit(api: TestApi, session: NewSession): Visitor {
  const cookies = new Map<string, string>();
  const base = `${api.url}/connect/${session.id}`;
  const visitor: Visitor = {
    session,
    cookies,
    page: "",
    ask: async (path, body, headers = {}) =>
      fetch(base + path, {
        method: body === undefined ? "GET" : "POST",
        headers: {
          ...(visitor.page === "" ? {} : { authorization: `Bearer ${visitor.page}` }),
          ...(body === undefined ? {} : { "content-type": "application/json", origin: api.url }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    authorize: async (form) => {
      const response = await fetch(`${base}/authorize`, {
        method: "POST",
        headers: { origin: api.url },
        body: new URLSearchParams({ page: visitor.page, method: "oauth", ...form }),
      });
      keep(cookies, response);
      const html = await response.clone().text();
      const url = /http-equiv="refresh" content="0;url=([^"]+)"/.exec(html)?.[1]?.replaceAll("&amp;", "&");
      return { response, url: url ?? null };
    },
    follow: async (callback) => {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const response = await fetch(callback, { redirect: "manual", headers: { cookie } });
      keep(cookies, response);
      return response;
    },
  };
  return visitor;
}

function keep(cookies: Map<string, string>, response: Response): void {
  for (const line of response.headers.getSetCookie()) {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (/max-age=0/i.test(line)) {
      cookies.delete(name);
    } else {
      cookies.set(name, value);
    }
  }
}

/** The whole way through the provider; gives back the outcome as the page asks for it. */
export async function connectByOAuth(
  bench: ConnectBench,
  visitor: Visitor,
  form: Record<string, string> = {},
): Promise<PageOutcome> {
  const { url, response } = await visitor.authorize({ connector: "acme-crm", ...form });
  if (url === null) {
    throw new Error(`the authorization did not begin: ${await response.text()}`);
  }
  await visitor.follow(await bench.provider.consent(url));
  return outcomeOf(visitor);
}

/** What the page is told of the last authorization. */
export interface PageOutcome {
  readonly attempt: string | null;
  readonly result: {
    readonly ok: boolean;
    readonly connection?: { readonly id: string; readonly name: string };
    readonly code?: string;
    readonly message?: string;
  } | null;
  readonly redirect: string | null;
}

export async function outcomeOf(visitor: Visitor): Promise<PageOutcome> {
  return (await (await visitor.ask("/outcome")).json()) as PageOutcome;
}
