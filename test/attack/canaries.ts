import { expect } from "vitest";
import { randomHex } from "#runtime/ids.ts";
import type { ConnectorInput } from "#sdk/connector/schema.ts";
import { serve } from "#test/egress/server.ts";
import type { Received } from "#test/egress/server.ts";
import { connect, json, makeConnector, makeOAuthApp, runWith } from "#test/runs/connections.ts";
import type { TestConnection } from "#test/runs/connections.ts";
import type { Product } from "#test/support/product.ts";
import { logsOf } from "#test/support/workflow.ts";
import type { RunJson } from "#test/support/workflow.ts";

/** In the workflow's source: a search that does not find this in the sandbox's memory proves nothing. */
export const MARK = `mark-${randomHex(12)}`;
/** Begins every canary: looking for one text in hundreds of megabytes is looking for all of them. */
export const CANARY = `canary${randomHex(16)}`;

/** A credential that is found wherever it was left. */
export const canary = (name: string): string => `${CANARY}-${name}-${randomHex(4)}`;

/** Asks twice, with the credential echoed in headers and body, and shows what came everywhere. */
export const CARELESS = `async (ctx) => {
  const mark = "${MARK}";
  const seen = [];
  for (const path of ["/one", "/two"]) {
    const response = await ctx.connections.api.fetch(path);
    seen.push(await response.text(), response.headers.get("x-echo"));
  }
  seen.push(await ctx.connections.api.actions.getThing({}));
  console.log(mark, seen);
  globalThis.kept = seen;
  if (ctx.input !== "return") throw new Error(JSON.stringify(seen));
  return seen;
}`;

/** One way to prove oneself, with canaries for credentials. */
interface Case {
  readonly method: ConnectorInput["auth"][number];
  readonly connection: Partial<TestConnection>;
  readonly clientSecret?: string;
  /** What the token endpoint issues; null: it refuses the grant. */
  readonly issued: Readonly<Record<string, unknown>> | null;
  /** What only the server gets to see, as it stands in a request. */
  readonly onWire: readonly string[];
}

/**
 * Runs workflows that use, log, return and throw what a server repeats, with a connection of every auth method.
 * Resolves to everything that the API said of them.
 */
export async function useEveryMethod(product: Product): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (const makeCase of CASES) {
    answers.push(...(await useMethod(product, makeCase)));
  }
  for (const list of ["/audit?limit=100", "/runs", "/connections", "/events"]) {
    answers.push(await product.call("GET", list));
  }
  return answers;
}

async function useMethod(product: Product, makeCase: (origin: string) => Case): Promise<unknown[]> {
  let issued: Case["issued"] = null;
  const server = await serve((request, response) => {
    if (request.url === "/token") {
      json(response, issued ?? refusal(request), issued === null ? 400 : 200);
      return;
    }
    json(response, repeated(request), 200, {
      "x-echo": String(request.headers.authorization ?? request.headers["x-key"] ?? request.url),
    });
  });
  const given = makeCase(`http://localhost:${String(server.port)}`);
  ({ issued } = given);
  const connector = await makeConnector(product, server.port, {
    auth: [given.method],
    actions: [{ slug: "get-thing", name: "Get", http: { method: "GET", path: "/thing" } }],
  });
  const { clientSecret } = given;
  const app =
    clientSecret === undefined ? {} : { oauthAppId: await makeOAuthApp(product, connector, clientSecret) };
  await connect(product, { connector, method: "m", ...given.connection, ...app });
  const answers: unknown[] = [];
  for (const input of ["return", "throw"]) {
    const run = await runWith(product, { api: { connector } }, CARELESS, { input });
    expectEnd(run, issued === null ? "refused" : input);
    answers.push(run, await logsOf(product, run.id), await product.call("GET", `/runs/${run.id}/attempts`));
  }
  const carried = JSON.stringify(server.received.map(({ url, headers, body }) => [url, headers, body]));
  for (const text of given.onWire) {
    expect(carried).toContain(text);
  }
  return answers;
}

function expectEnd(run: RunJson, how: string): void {
  if (how === "refused") {
    expect(run.error?.code).toMatch(/^TENON_CONNECTION_(REAUTHORIZE|UNHEALTHY)$/);
    return;
  }
  expect(run.status, JSON.stringify(run)).toBe(how === "throw" ? "failed" : "completed");
  expect(JSON.stringify(run)).toContain("tncred_");
}

/** Everything that was sent, plain and in base64. */
function repeated({ url, headers, body }: Received): { readonly all: string; readonly encoded: string } {
  const all = JSON.stringify([url, headers, body]);
  return { all, encoded: Buffer.from(all).toString("base64") };
}

function refusal(request: Received): object {
  const { all, encoded } = repeated(request);
  return {
    error: "invalid_grant",
    error_description: `refused ${all}`,
    error_uri: `https://e.test/${encoded}`,
  };
}

const tokens = (accessToken: string, refreshToken: string, ended: boolean) => ({
  main: {
    accessToken,
    refreshToken,
    expiresAt: Date.now() + (ended ? -1_000 : 3_600_000),
    refreshExpiresAt: null,
    scopes: [],
    issuedAt: Date.now() - 7_200_000,
  },
});

const oauth = (origin: string, clientAuth: "basic" | "body" = "body") =>
  ({
    id: "m",
    type: "oauth2",
    label: "O",
    authorizeUrl: `${origin}/authorize`,
    tokenUrl: `${origin}/token`,
    clientAuth,
  }) as const;

const pasted = (method: Case["method"], name: string, value: string): Case => ({
  method,
  connection: { secrets: { [name]: value } },
  issued: {},
  onWire: [value],
});

const SECRET_FIELD = { label: "S", type: "password" } as const;

const CASES: readonly ((origin: string) => Case)[] = [
  () => {
    const password = canary("basic");
    const fields = { username: { label: "U" }, password: SECRET_FIELD };
    return {
      method: { id: "m", type: "basic", label: "B", fields },
      connection: { fields: { username: "ada" }, secrets: { password } },
      issued: {},
      onWire: [Buffer.from(`ada:${password}`).toString("base64")],
    };
  },
  () => pasted({ id: "m", type: "bearer", label: "B" }, "token", canary("bearer")),
  () => pasted({ id: "m", type: "api-key", label: "K", name: "X-Key" }, "apiKey", canary("header")),
  () => pasted({ id: "m", type: "api-key", label: "K", in: "query", name: "key" }, "apiKey", canary("query")),
  (origin) => {
    const access = canary("access");
    return {
      method: oauth(origin),
      connection: { tokens: tokens(access, canary("refresh"), false) },
      clientSecret: canary("client"),
      issued: {},
      onWire: [access],
    };
  },
  ...(["body", "basic"] as const).map((clientAuth) => (origin: string): Case => {
    const [refresh, renewed, clientSecret] = [canary("refresh"), canary("renewed"), canary("client")];
    return {
      method: oauth(origin, clientAuth),
      connection: { tokens: tokens(canary("spent"), refresh, true) },
      clientSecret,
      issued: { access_token: renewed, token_type: "Bearer", expires_in: 3600, repeated: clientSecret },
      onWire: [
        refresh,
        renewed,
        clientAuth === "body" ? clientSecret : Buffer.from(`client-1:${clientSecret}`).toString("base64"),
      ],
    };
  }),
  (origin) => {
    const [refresh, clientSecret] = [canary("refresh"), canary("client")];
    return {
      method: oauth(origin),
      connection: { tokens: tokens(canary("spent"), refresh, true) },
      clientSecret,
      issued: null,
      onWire: [refresh, clientSecret],
    };
  },
  (origin) => {
    const [password, session] = [canary("custom"), canary("session")];
    // The handler sees what it does not ask to be sealed: its answer has nothing else.
    return {
      method: {
        id: "m",
        type: "custom",
        label: "C",
        fields: { password: SECRET_FIELD },
        carry: { headers: { "x-key": "{accessToken}" } },
        handler: `export async function authenticate(ctx) {
          const response = await ctx.fetch("${origin}/token", { method: "POST", body: ctx.fields.password, seal: { accessToken: "session" } });
          return { values: { accessToken: (await response.json()).session } };
        }`,
      },
      connection: { secrets: { password } },
      issued: { session },
      onWire: [password, session],
    };
  },
];
