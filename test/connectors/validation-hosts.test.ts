import { describe, expect, it } from "vitest";
import { action, issuesOf, oauth, said, withOAuth } from "./definition.ts";

describe("hosts", () => {
  const WRONG: readonly (readonly [string, string])[] = [
    ["*", 'must not be "*": a credential could travel anywhere; list the hosts that the vendor documents'],
    [
      "*.*",
      'must not be "*.*": a credential could travel anywhere; list the hosts that the vendor documents',
    ],
    ["*.com", `must not be "*.com", which is wider than one organization's domain; name the vendor's`],
    ["*.co.uk", `must not be "*.co.uk", which is wider than one organization's domain; name the vendor's`],
    ["*.github.io", 'must not be "*.github.io": anybody gets names there; name the vendor\'s own host'],
    ["api.*.test", 'may have one *, as its first label: "*.example.com"'],
    ["127.0.0.1", "must not be an IP address; name the host"],
    ["0x7f.1", "must not be an IP address; name the host"],
    ["2130706433", "must not be an IP address; name the host"],
    ["[::1]", "must not be an IP address; name the host"],
    ["[::ffff:10.0.0.1]:443", "must not be an IP address; name the host"],
    ["user:pass@api.acme.test", "must not carry a user name or password before the host"],
    ["api.acme.test/v1", "must be a host only, without a path"],
    [
      "intranet",
      'must have a host with a domain, such as "api.example.com"; "intranet" is a name of a private network',
    ],
    ["localhost:4000", 'must be written with its scheme, as in "http://localhost:4000"'],
    [
      "http://api.acme.test",
      "must not name plain http, which shows the credential to everybody on the way; leave the scheme out",
    ],
    ["acme.{tld}", 'must have a place only before the vendor\'s own domain, as in "{subdomain}.example.com"'],
    [
      "{subdomain}.com",
      'must have a place only before the vendor\'s own domain, as in "{subdomain}.example.com"',
    ],
    ["аpi acme.test", 'must have a host such as "api.example.com" or "{subdomain}.example.com"'],
    ["аcme.test", 'must have a host such as "api.example.com" or "{subdomain}.example.com"'],
  ];
  it.each(WRONG)("refuses %s", (host, message) => {
    expect(issuesOf({ hosts: ["api.acme.test", host] })).toEqual([{ path: "hosts.1", message }]);
  });

  it("takes names, wildcards of one organization, ports, and localhost over plain HTTP", () => {
    const hosts = [
      "api.acme.test",
      "*.acme.test",
      "api.acme.test:8443",
      "http://localhost:3000",
      "https://acme.test",
    ];
    expect(said({ hosts })).toEqual([]);
  });

  it("asks that a place inside is a field whose form cannot change whose host it is", () => {
    expect(said({ hosts: ["api.acme.test", "{shop}.acme.test"] })).toEqual([
      "hosts.1 names {shop}, which is no field; declare it in `fields`",
    ]);
    expect(
      said({ hosts: ["api.acme.test", "{shop}.acme.test"], fields: { shop: { label: "Shop" } } }),
    ).toEqual([
      'hosts.1 has {shop} inside its host, where any text could change whose host it is; give the field the format "label" or "hostname"',
    ]);
    expect(
      said({
        hosts: ["api.acme.test", "{shop}.acme.test"],
        fields: { shop: { label: "Shop", format: "label" } },
      }),
    ).toEqual([]);
  });

  it("does not let the other side name a host alone", () => {
    expect(said({ hosts: ["{token.instance}"] })[0]).toMatch(/^hosts\.0 /);
  });
});

describe("URLs", () => {
  it.each([
    [
      "http://api.acme.test",
      'must be an https URL such as "https://{subdomain}.example.com/oauth/token"; plain http only towards localhost',
    ],
    [
      "ftp://api.acme.test",
      'must be an https URL such as "https://{subdomain}.example.com/oauth/token"; plain http only towards localhost',
    ],
    ["https://u:p@api.acme.test", "must not carry a user name or password before the host"],
    ["https://10.0.0.1/v1", "must not be an IP address; name the host"],
    ["https://169.254.169.254", "must not be an IP address; name the host"],
    ["https://[fd00::1]/", "must not be an IP address; name the host"],
    ["https://api.acme.test\\@evil.test", "must not have spaces or backslashes"],
    ["https://api.acme.test/#x", "must not have a fragment (#)"],
  ])("refuses %s", (baseUrl, message) => {
    expect(issuesOf({ baseUrl })).toEqual([{ path: "baseUrl", message }]);
  });

  it("must lead to a listed host, each of them", () => {
    expect(said({ baseUrl: "https://acme.test" })).toEqual([
      'baseUrl goes to https://acme.test, which `hosts` does not list; add "acme.test"',
    ]);
    expect(said({ hosts: ["*.acme.test"], baseUrl: "https://acme.test" })).toHaveLength(1);
    expect(said({ hosts: ["*.acme.test"], baseUrl: "https://api.eu.acme.test:443" })).toEqual([]);
    expect(said({ baseUrl: "https://api.acme.test:8443" })).toHaveLength(1);
    const elsewhere = "https://login.acme.test/x";
    expect(
      said({
        verification: { path: "/me", baseUrl: elsewhere },
        actions: [{ ...action, http: { method: "GET", path: "/contacts/{id}", baseUrl: elsewhere } }],
        auth: [
          {
            ...oauth,
            baseUrl: elsewhere,
            authorizeUrl: elsewhere,
            tokenUrl: elsewhere,
            revokeUrl: elsewhere,
            introspectUrl: elsewhere,
            refresh: { url: elsewhere },
            lookup: { url: elsewhere, keep: {} },
          },
        ],
      }).map((line) => line.split(" ")[0]),
    ).toEqual([
      "verification.baseUrl",
      "actions.0.http.baseUrl",
      "auth.0.baseUrl",
      "auth.0.authorizeUrl",
      "auth.0.tokenUrl",
      "auth.0.refresh.url",
      "auth.0.revokeUrl",
      "auth.0.introspectUrl",
      "auth.0.lookup.url",
    ]);
  });

  it("take an origin from the other side only towards listed hosts, and never from a field", () => {
    const kept = { response: { keep: { instance: "instance_url" } } };
    const baseUrl = "{token.instance}/v1";
    expect(said({ ...withOAuth(kept), baseUrl, hosts: ["api.acme.test"] })).toEqual([]);
    expect(
      said({
        auth: [
          {
            ...oauth,
            ...kept,
            authorizeUrl: "https://{shop}.acme.test/a",
            tokenUrl: "https://{shop}.acme.test/t",
          },
        ],
        fields: { shop: { label: "Shop", format: "label" } },
        hosts: ["{shop}.acme.test"],
        baseUrl,
      }),
    ).toEqual([
      'baseUrl takes its origin from {token.instance}; list in `hosts` what it may be, as in "*.example.com"',
    ]);
    expect(said({ baseUrl: "{host}/v1", fields: { host: { label: "Host", format: "hostname" } } })).toEqual([
      'baseUrl must not take its whole origin from the field {host}; write "https://{host}" and give the field the format hostname',
    ]);
  });
});
