import { describe, expect, it } from "vitest";
import { fill, resolveHosts, resolveUrl } from "#runtime/oauth/resolve.ts";
import { parseConnector } from "#sdk/connector/parse.ts";
import type { Connector, ConnectorInput } from "#sdk/connector/schema.ts";
import { credentialOf } from "./kit.ts";

function connector(given: Partial<ConnectorInput>): Connector {
  return parseConnector({
    slug: "acme",
    name: "Acme",
    hosts: ["api.acme.example"],
    baseUrl: "https://api.acme.example",
    auth: [{ id: "none", type: "none", label: "None" }],
    ...given,
  });
}

const TENANTED = connector({
  fields: { subdomain: { label: "Subdomain", format: "label" }, tenant: { label: "Tenant" } },
  hosts: ["{subdomain}.acme.example"],
  baseUrl: "https://{subdomain}.acme.example/tenants/{tenant}/api",
});

const HOSTED = connector({
  fields: { host: { label: "Host", format: "hostname" } },
  hosts: ["{host}"],
  baseUrl: "https://{host}/api",
});

const KEPT = connector({
  hosts: ["*.acme.example", "login.acme.example"],
});

const REFUSED = { code: "TENON_CONNECTION_TARGET" };

describe("a host with a field in it", () => {
  it("is the connector's own with a label, and hosts and address agree", () => {
    const places = { fields: { subdomain: "Shop-1", tenant: "t 1/2" } };
    expect(resolveHosts(TENANTED, places)).toEqual(["shop-1.acme.example"]);
    expect(resolveUrl(TENANTED, TENANTED.baseUrl, places).href).toBe(
      "https://shop-1.acme.example/tenants/t%201%2F2/api",
    );
  });

  it.each([
    "evil.com/",
    "evil.com#",
    "evil.com?",
    "127.0.0.1#",
    "127.0.0.1:80/",
    "a@evil.com",
    "a:b@evil",
    "x\r\nhost: evil",
    "x\0",
    "evil.com",
    "a.b",
    "..",
    ".",
    "",
    " ",
    "-a",
    "a-",
    "a_b",
    "a%2fb",
    "ａｃｍｅ",
    "аcme",
    "evil。com",
    "evil．com",
    "a\\b",
    "[::1]",
    "*",
    "a".repeat(64),
    "{tenant}",
  ])("is refused with %j, by the field's name", (subdomain) => {
    const places = { fields: { subdomain, tenant: "t" } };
    expect(() => resolveUrl(TENANTED, TENANTED.baseUrl, places)).toThrowError(
      expect.objectContaining({ ...REFUSED, message: expect.stringContaining("subdomain") }),
    );
    expect(() => resolveHosts(TENANTED, places)).toThrowError(expect.objectContaining(REFUSED));
  });

  it.each(["crm.customer.example", "xn--bcher-kva.example", "A.Example"])(
    "takes the host name %s",
    (host) => {
      expect(resolveUrl(HOSTED, HOSTED.baseUrl, { fields: { host } }).host).toBe(host.toLowerCase());
    },
  );

  it.each([
    "localhost",
    "127.0.0.1",
    "127.1",
    "0x7f.1",
    "2130706433",
    "[::1]",
    "::1",
    "crm.example:8443",
    "a@crm.example",
    "crm.example/x",
    "crm.example.",
    "1.2.3.0x4",
    "crm.1",
    "bücher.example",
    "a..example",
  ])("refuses %j as a host name", (host) => {
    expect(() => resolveUrl(HOSTED, HOSTED.baseUrl, { fields: { host } })).toThrowError(
      expect.objectContaining(REFUSED),
    );
  });

  it("refuses a field that does not say which form it has, even when its value looks well", () => {
    const loose = {
      ...TENANTED,
      fields: {
        ...TENANTED.fields,
        subdomain: { label: "x", type: "string", secret: false, required: true },
      },
    } as const satisfies Connector;
    expect(() => resolveHosts(loose, { fields: { subdomain: "shop" } })).toThrowError(
      expect.objectContaining(REFUSED),
    );
  });

  it("takes the options that the connector lists, and nothing else", () => {
    const regional = {
      ...TENANTED,
      fields: {
        region: {
          label: "Region",
          type: "string",
          secret: false,
          required: true,
          options: [
            { value: "com", label: "US" },
            { value: "com.au", label: "AU" },
          ],
        },
      },
      hosts: ["accounts.acme.{region}"],
    } as const satisfies Connector;
    expect(resolveHosts(regional, { fields: { region: "com.au" } })).toEqual(["accounts.acme.com.au"]);
    expect(() => resolveHosts(regional, { fields: { region: "evil" } })).toThrowError(
      expect.objectContaining(REFUSED),
    );
  });
});

describe("a path with a field in it", () => {
  const below = (tenant: string): URL =>
    resolveUrl(TENANTED, TENANTED.baseUrl, { fields: { subdomain: "shop", tenant } });

  it.each(["..", "."])("is not left by %s", (tenant) => {
    expect(() => below(tenant)).toThrowError(expect.objectContaining(REFUSED));
  });

  it.each(["%2e%2e", "%2E."])("holds %s as text", (tenant) => {
    expect(below(tenant).pathname).toBe(`/tenants/%25${tenant.slice(1).replace("%", "%25")}/api`);
  });

  it("has every value percent-encoded", () => {
    const places = { fields: { subdomain: "shop", tenant: "../x?y#z&é\r\n" } };
    const url = resolveUrl(TENANTED, "https://{subdomain}.acme.example/{tenant}?q={tenant}", places);
    expect(url.pathname).toBe("/..%2Fx%3Fy%23z%26%C3%A9%0D%0A");
    expect(url.search).toBe("?q=..%2Fx%3Fy%23z%26%C3%A9%0D%0A");
    expect(url.hash).toBe("");
  });
});

describe("an address that a callback or a token response told", () => {
  const told = (value: string, template = "{token.instance_url}/data"): URL =>
    resolveUrl(KEPT, template, { fields: {}, credential: credentialOf({ token: { instance_url: value } }) });

  it.each([
    ["https://eu1.acme.example", "https://eu1.acme.example/data"],
    ["https://eu1.acme.example/", "https://eu1.acme.example/data"],
    ["https://eu1.acme.example/v2/", "https://eu1.acme.example/v2/data"],
    ["eu1.acme.example", "https://eu1.acme.example/data"],
  ])("is taken on the connector's hosts: %s", (value, href) => {
    expect(told(value).href).toBe(href);
  });

  it.each([
    "https://evil.example",
    "https://acme.example.evil.com",
    "https://evilacme.example",
    "https://eu1.acme.example@evil.com",
    "https://a:b@eu1.acme.example",
    "https://eu1.acme.example:8443",
    "http://eu1.acme.example",
    "https://eu1.acme.example/..",
    "https://eu1.acme.example#",
    "https://eu1.acme.example?x=1",
    "https://eu1.acme.example\\@evil.com",
    "https://evil。com",
    "https:// eu1.acme.example",
    "https://eu1.acme.example\r\n",
    "ftp://eu1.acme.example",
    "javascript:alert(1)",
    "//evil.com",
    "https://127.0.0.1",
    "https://[::1]",
    "",
  ])("is refused elsewhere: %j", (value) => {
    expect(() => told(value)).toThrowError(expect.objectContaining(REFUSED));
  });

  it("may be a part of the host under a domain that the connector names, never more", () => {
    expect(told("eu1", "https://{token.instance_url}.acme.example/x").host).toBe("eu1.acme.example");
    expect(() => told("evil.com/", "https://{token.instance_url}.acme.example/x")).toThrowError(
      expect.objectContaining(REFUSED),
    );
    const wild = { ...KEPT, hosts: ["{token.instance_url}", "{token.a}.{token.b}"] };
    const credential = credentialOf({ token: { instance_url: "evil.com", a: "evil", b: "com" } });
    expect(resolveHosts(wild, { fields: {}, credential })).toEqual([]);
  });

  it("may be a part of a pattern of the connector, too", () => {
    const sharded = { ...KEPT, hosts: ["{token.shard}.api.acme.example"] };
    const at = (shard: string): URL =>
      resolveUrl(sharded, "https://{token.shard}.api.acme.example/3", {
        fields: {},
        credential: credentialOf({ token: { shard } }),
      });
    expect(at("us7").host).toBe("us7.api.acme.example");
    expect(() => at("evil.com/")).toThrowError(expect.objectContaining(REFUSED));
  });

  it("allows nothing before it is known", () => {
    const later = { ...KEPT, hosts: ["{token.shard}.api.acme.example", "login.acme.example"] };
    expect(resolveHosts(later, { fields: {} })).toEqual(["login.acme.example"]);
    const credential = credentialOf({ token: { shard: "us7" } });
    expect(resolveHosts(later, { fields: {}, credential })).toEqual([
      "us7.api.acme.example",
      "login.acme.example",
    ]);
  });
});

describe("a place without a value", () => {
  it.each([
    "{gone}",
    "{token.gone}",
    "{constructor}",
    "{token.__proto__}",
    "{sets.user.accessToken}",
    "{app.clientId}",
  ])("is named: %s", (template) => {
    const places = { fields: {}, credential: credentialOf() };
    expect(() => fill(template, places, String)).toThrowError(
      expect.objectContaining({
        code: "TENON_CONNECTION_FIELD",
        message: expect.stringContaining(template.slice(1, -1)),
      }),
    );
  });

  it("is no place once it has one, and a value that looks like a place stays as it is", () => {
    const credential = credentialOf({ fields: { key: "{subdomain}" }, callback: { realmId: "42" } });
    const places = { fields: { subdomain: "shop" }, credential, app: { clientId: "c" } };
    expect(fill("{key} {callback.realmId} {app.clientId} {accessToken}", places, String)).toBe(
      "{subdomain} 42 c access-token-old-11112222",
    );
  });
});
