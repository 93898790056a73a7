import { describe, expect, it } from "vitest";
import type { Authorization } from "#runtime/oauth/access.ts";
import { authorizationOf } from "#runtime/oauth/authorization.ts";
import type { AuthMethod } from "#sdk/connector/auth.ts";
import { parseConnector } from "#sdk/connector/parse.ts";
import type { Connector, ConnectorInput } from "#sdk/connector/schema.ts";
import { request } from "#test/egress/server.ts";
import { credentialOf, loopbackEgress, startProvider, tokenSet } from "./kit.ts";

type MethodInput = ConnectorInput["auth"][number];

function connectorWith(origin: string, method: MethodInput, rest: Partial<ConnectorInput> = {}): Connector {
  return parseConnector({
    slug: "acme",
    name: "Acme",
    hosts: [origin],
    baseUrl: `${origin}/v1/`,
    auth: [method],
    ...rest,
  });
}

function methodOf(connector: Connector): AuthMethod {
  const [method] = connector.auth;
  if (method === undefined) {
    throw new Error("The connector of this test has no method.");
  }
  return method;
}

/** Sends what an authorization says, and returns what arrived. */
async function arrived(
  method: MethodInput,
  secrets: Readonly<Record<string, string>>,
  rest: Partial<ConnectorInput> = {},
  fields: Readonly<Record<string, string>> = {},
): Promise<{ headers: NodeJS.Dict<string | string[]>; url: string; authorization: Authorization }> {
  const provider = await startProvider(() => ({ body: "ok" }));
  const connector = connectorWith(provider.origin, method, rest);
  const authorization = authorizationOf({
    connector,
    method: methodOf(connector),
    fields,
    credential: credentialOf({ fields: secrets, token: { session: "session-5f5f5f5f" } }),
    version: 3,
    app: { clientId: "client-1" },
  });
  const query = authorization.query.map(([name, value]) => `${name}=${value}`).join("&");
  await loopbackEgress().fetch(
    request(`${authorization.baseUrl}/me?${query}`, {
      headers: authorization.headers,
      allow: authorization.hosts,
      secrets: authorization.secrets,
    }),
  );
  const [got] = provider.asked;
  return { headers: got?.headers ?? {}, url: got?.url ?? "", authorization };
}

const base64 = (text: string): string => Buffer.from(text).toString("base64");

describe("a request with a connection", () => {
  it("carries basic credentials, also with characters beyond ASCII and static parts", async () => {
    const method = { id: "m", type: "basic", label: "Basic", username: "{username}/token" } as const;
    const { headers } = await arrived(method, { username: "jürgen", password: "pä:ss-wörd" });
    expect(headers["authorization"]).toBe(`Basic ${base64("jürgen/token:pä:ss-wörd")}`);
  });

  it("carries a bearer token, an API key in a header, and one in the query", async () => {
    const bearer = await arrived({ id: "m", type: "bearer", label: "Token" }, { token: "tok-1234567" });
    expect(bearer.headers["authorization"]).toBe("Bearer tok-1234567");
    const key = { id: "m", type: "api-key", label: "Key", name: "X-Key", value: "key {apiKey}" } as const;
    expect((await arrived(key, { apiKey: "k-1234567" })).headers["x-key"]).toBe("key k-1234567");
    const query = { id: "m", type: "api-key", label: "Key", in: "query", name: "key" } as const;
    expect((await arrived(query, { apiKey: "k&1/2?3" })).url).toBe("/v1/me?key=k%261%2F2%3F3");
  });

  it("carries an access token where the connector says, and then not in the usual place too", async () => {
    const provider = await startProvider(() => ({}));
    const oauth = {
      id: "m",
      type: "oauth2",
      label: "Sign in",
      grant: "client_credentials",
      tokenUrl: `${provider.origin}/t`,
    } as const;
    const made = (method: MethodInput): Authorization => {
      const connector = connectorWith(provider.origin, method);
      return authorizationOf({
        connector,
        method: methodOf(connector),
        fields: {},
        credential: credentialOf(),
        version: 1,
        app: { clientId: "client-1" },
      });
    };
    expect(made(oauth).headers).toEqual([
      ["authorization", expect.stringMatching(/^Bearer tncred_[0-9a-f]{32}$/)],
    ]);
    const { headers, secrets } = made({
      ...oauth,
      carry: { headers: { "X-Access-Token": "{accessToken}", "X-Client": "{app.clientId}" } },
    });
    const placeholder = secrets.find(({ value }) => value === tokenSet().accessToken)?.placeholder;
    expect(headers).toEqual([
      ["X-Access-Token", placeholder],
      ["X-Client", "client-1"],
    ]);
  });

  it("has the connector's own headers, which the credential's replace whatever their case", async () => {
    const { headers } = await arrived(
      { id: "m", type: "bearer", label: "Token" },
      { token: "tok-1234567" },
      {
        headers: { "X-Version": "2", AUTHORIZATION: "nothing", "X-Region": "{region}" },
        fields: { region: { label: "Region" } },
      },
      { region: "eu" },
    );
    expect(headers).toMatchObject({
      "x-version": "2",
      "x-region": "eu",
      authorization: "Bearer tok-1234567",
    });
  });

  it("has a secret in its path where the API wants it there", async () => {
    const provider = await startProvider(() => ({}));
    const connector = connectorWith(
      provider.origin,
      { id: "m", type: "api-key", label: "Key", name: "x-unused", value: "{apiKey}" },
      { baseUrl: `${provider.origin}/bot{apiKey}` },
    );
    const authorization = authorizationOf({
      connector,
      method: methodOf(connector),
      fields: {},
      credential: credentialOf({ fields: { apiKey: "123:a/b" } }),
      version: 1,
    });
    expect(authorization.baseUrl).toMatch(/^http:\/\/localhost:\d+\/bottncred_[0-9a-f]{32}$/);
    await loopbackEgress().fetch(
      request(`${authorization.baseUrl}/getMe`, {
        allow: authorization.hosts,
        secrets: authorization.secrets,
      }),
    );
    expect(provider.asked[0]?.url).toBe("/bot123:a/b/getMe");
  });

  it("hides what a custom handler returned", async () => {
    const { headers, authorization } = await arrived(
      {
        id: "m",
        type: "custom",
        label: "Custom",
        handler: "export function authenticate() {}",
        carry: { headers: { "X-Session": "{token.session}" } },
      },
      {},
    );
    expect(headers["x-session"]).toBe("session-5f5f5f5f");
    expect(JSON.stringify([authorization.headers, authorization.baseUrl])).not.toContain("session-5f5f5f5f");
  });

  it("forgets the end of the line that a key was pasted with", async () => {
    const { headers } = await arrived(
      { id: "m", type: "basic", label: "Basic" },
      { username: "u", password: "secret-1\r\n" },
    );
    expect(headers["authorization"]).toBe(`Basic ${base64("u:secret-1")}`);
  });
});

describe("an authorization", () => {
  const bearer = (token: string): Authorization => {
    const connector = connectorWith(
      "https://api.acme.example",
      { id: "m", type: "bearer", label: "Token" },
      {
        hosts: ["api.acme.example"],
      },
    );
    return authorizationOf({
      connector,
      method: methodOf(connector),
      fields: {},
      credential: credentialOf({ fields: { token }, tokens: { main: tokenSet() } }),
      version: 7,
    });
  };

  it("holds placeholders, new each time, and no secret outside of `secrets`", () => {
    const [one, two] = [bearer("tok-1234567"), bearer("tok-1234567")];
    const { secrets, ...shown } = one;
    expect(JSON.stringify(shown)).not.toMatch(/tok-1234567|access-token-old|refresh-token-old/);
    expect(shown).toMatchObject({
      version: 7,
      baseUrl: "https://api.acme.example/v1",
      hosts: ["api.acme.example"],
    });
    expect(one.headers).not.toEqual(two.headers);
    expect(secrets.map(({ placeholder }) => placeholder)).toEqual(
      secrets.map(() => expect.stringMatching(/^tncred_[0-9a-f]{32}$/)),
    );
  });

  it("knows every value for redaction, and lets a refresh token travel nowhere", () => {
    const { secrets } = bearer("tok-1234567");
    expect(new Map(secrets.map(({ value, hosts }) => [value, hosts]))).toEqual(
      new Map([
        ["tok-1234567", ["api.acme.example"]],
        ["access-token-old-11112222", ["api.acme.example"]],
        ["refresh-token-old-33334444", []],
      ]),
    );
  });

  it.each(["a\r\nx-evil: 1", "a\nb", "a\rb", "a\0b", "\x7f"])(
    "is refused for a token that ends its header: %j",
    (token) => {
      expect(() => bearer(token)).toThrowError(
        expect.objectContaining({
          code: "TENON_CONNECTION_CREDENTIAL",
          message: expect.not.stringContaining("evil"),
        }),
      );
    },
  );

  it("is refused for a plain field that ends its header", () => {
    const connector = connectorWith(
      "https://api.acme.example",
      { id: "m", type: "none", label: "None" },
      {
        hosts: ["api.acme.example"],
        fields: { region: { label: "Region" } },
        headers: { "X-Region": "{region}" },
      },
    );
    const refused = (): Authorization =>
      authorizationOf({
        connector,
        method: methodOf(connector),
        fields: { region: "eu\r\nx-evil: 1" },
        credential: credentialOf({ tokens: {} }),
        version: 1,
      });
    expect(refused).toThrowError(expect.objectContaining({ code: "TENON_CONNECTION_CREDENTIAL" }));
  });

  it("keeps a key of several lines that stands in no header", () => {
    const connector = connectorWith(
      "https://api.acme.example",
      { id: "m", type: "bearer", label: "Token" },
      { hosts: ["api.acme.example"] },
    );
    const pem = "-----BEGIN KEY-----\nabc\n-----END KEY-----\n";
    const { secrets } = authorizationOf({
      connector,
      method: methodOf(connector),
      fields: {},
      credential: credentialOf({ fields: { token: "tok-1234567", pem }, tokens: {} }),
      version: 1,
    });
    expect(secrets.map(({ value }) => value)).toContain(pem);
  });
});
