import { expect, test } from "vitest";
import { authorizationOf } from "#runtime/oauth/authorization.ts";
import { parseConnector } from "#sdk/connector/parse.ts";
import { authorizeRequest, connectorWith, live, open, tokenRequest } from "./account.ts";

test("quirk 1: authorize, token and API URLs are templated by a connection field", async () => {
  const definition = connectorWith(
    {
      authorizeUrl: "https://{shop}.quirky.example.com/authorize",
      tokenUrl: "https://{shop}.quirky.example.com/token",
      refresh: { url: "https://{shop}.quirky.example.com/{region}/refresh" },
    },
    {
      fields: { shop: { label: "Shop", format: "label" }, region: { label: "Region" } },
      hosts: ["{shop}.quirky.example.com"],
      baseUrl: "https://{shop}.quirky.example.com/{region}/api",
    },
  );
  const account = await open(definition, { fields: { shop: "tea-house", region: "north/west #1?" } });
  await live(account);
  expect(authorizeRequest(account).pathname).toBe("/tea-house.quirky.example.com/authorize");
  expect(account.provider.log.map(({ url }) => url.split("?")[0])).toEqual([
    "/tea-house.quirky.example.com/authorize",
    "/tea-house.quirky.example.com/token",
    "/tea-house.quirky.example.com/north%2Fwest%20%231%3F/api/me",
    "/tea-house.quirky.example.com/north%2Fwest%20%231%3F/refresh",
    "/tea-house.quirky.example.com/north%2Fwest%20%231%3F/api/me",
  ]);
});

test("quirk 1: a tenant's name stays one part of the host", async () => {
  const definition = connectorWith(
    { tokenUrl: "https://{shop}.quirky.example.com/token" },
    {
      fields: { shop: { label: "Shop", format: "label" } },
      hosts: ["{shop}.quirky.example.com", "quirky.example.com"],
      baseUrl: "https://{shop}.quirky.example.com/api",
    },
  );
  const account = await open(definition, { fields: { shop: "tea-house" } });
  const { context } = account;
  const input = {
    ...context,
    connector: parseConnector(definition),
    credential: await account.connect(),
    version: 1,
  };
  expect(authorizationOf(input).baseUrl).toBe("https://tea-house.quirky.example.com/api");
  for (const shop of ["evil.com/", "127.0.0.1#", "a@b", "x\r\n", "ｅvil", ""]) {
    expect(() => authorizationOf({ ...input, fields: { shop } }), shop).toThrow(
      expect.objectContaining({ code: "TENON_CONNECTION_TARGET" }),
    );
  }
});

test("quirk 2: a host and an id that arrive in the callback are kept, and used from then on", async () => {
  const definition = connectorWith(
    {
      tokenUrl: "{callback.accounts-server}/oauth/token",
      callback: { keep: ["accounts-server", "realmId"] },
      revokeUrl: "{callback.accounts-server}/oauth/revoke",
    },
    {
      hosts: ["quirky.example.com", "*.quirky.example.com"],
      baseUrl: "https://quirky.example.com/company/{callback.realmId}",
      verification: { path: "/info", account: { id: "{callback.realmId}", name: "name" } },
    },
  );
  const account = await open(definition, { kept: { realmId: "realm-9341" } });
  const credential = await account.connect();
  expect(credential.callback).toEqual({
    "accounts-server": `${account.provider.url}/kept-accounts-server`,
    realmId: "realm-9341",
  });
  expect(await account.use(credential)).toMatchObject({
    ok: true,
    account: { id: "realm-9341", name: "Fake account" },
  });
  const renewed = await account.renew(credential);
  expect(renewed.callback).toEqual(credential.callback);
  expect(await account.revoke(renewed)).toEqual({ revoked: true, reason: null });
  expect(account.provider.log.map(({ url }) => url.split("?")[0]).slice(1)).toEqual([
    "/kept-accounts-server/oauth/token",
    "/quirky.example.com/company/realm-9341/info",
    "/kept-accounts-server/oauth/token",
    "/kept-accounts-server/oauth/revoke",
  ]);
  expect(account.provider.complaints).toEqual([]);
});

test("quirk 2: a callback that names a server elsewhere gets no code", async () => {
  const definition = connectorWith(
    { tokenUrl: "{callback.accounts-server}/token", callback: { keep: ["accounts-server"] } },
    { hosts: ["quirky.example.com"] },
  );
  const account = await open(definition, { kept: { "accounts-server": "https://evil.example.net" } });
  const answer = await account.tryConnect();
  expect(answer).toMatchObject({ kind: "refused", code: "other" });
  expect(JSON.stringify(answer)).toContain("callback.accounts-server");
});

test("quirk 3: the code comes under another name", async () => {
  const account = await open(connectorWith({ callback: { code: "spapi_oauth_code" } }));
  await live(account);
  expect(tokenRequest(account, 0).form.get("code")).toMatch(/^fake-code-/);
  expect(tokenRequest(account, 0).form.has("spapi_oauth_code")).toBe(false);
});

test("quirk 4: the base URL of the API comes with the tokens", async () => {
  const definition = connectorWith(
    { response: { keep: { instance_url: "instance_url" } } },
    {
      hosts: ["quirky.example.com", "*.my.quirky.example.com"],
      baseUrl: "{token.instance_url}/services/data",
    },
  );
  const account = await open(definition);
  const credential = await live(account);
  expect(credential.token).toEqual({ instance_url: `${account.provider.url}/kept-instance_url` });
  expect(account.provider.log.at(-1)?.url).toBe("/kept-instance_url/services/data/me");
});

test("quirk 4: a base URL outside the connector's hosts gets no token", async () => {
  const definition = connectorWith(
    { response: { keep: { instance_url: "instance_url" } } },
    { baseUrl: "{token.instance_url}/services" },
  );
  const account = await open(definition, { kept: { instance_url: "https://evil.example.net" } });
  const credential = await account.connect();
  await expect(account.use(credential)).rejects.toMatchObject({ code: "TENON_CONNECTION_TARGET" });
});
