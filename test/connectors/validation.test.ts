import { describe, expect, it } from "vitest";
import { parseConnector } from "#sdk/connector/parse.ts";
import { action, issuesFrom, key, oauth, said, withOAuth } from "./definition.ts";
import type { Parts } from "./definition.ts";

describe("a good definition", () => {
  it("is taken, with OAuth, fields and actions too", () => {
    expect(said({})).toEqual([]);
    expect(said({ actions: [action] })).toEqual([]);
    expect(said(withOAuth({}))).toEqual([]);
  });
});

describe("the form of a definition", () => {
  it("is told by place and mend", () => {
    expect(said({ slug: "Acme CRM" })).toEqual([
      "slug must be lower-case words joined by -, as in google-drive",
    ]);
    expect(said({ name: 7 })).toEqual(["name must be a string, not a number"]);
    expect(said({ name: undefined })).toEqual(["name is missing; it must be a string"]);
    expect(said({ hosts: [] })).toEqual(["hosts must have at least 1 item"]);
    expect(said({ hosts: "api.acme.test" })).toEqual(["hosts must be an array, not a string"]);
    expect(said({ visibility: "secret" })).toEqual(['visibility must be one of "private", "public"']);
    expect(said({ visiblity: "public" })).toEqual([
      "visiblity is not known here; remove it, or correct its spelling",
    ]);
    expect(said({ icon: "http://acme.test/icon.png" })).toEqual(["icon must be an https URL"]);
    expect(said({ verification: { path: "me" } })).toEqual(["verification.path must begin with /"]);
    expect(said(withOAuth({ clientAuth: "magic" }))[0]).toMatch(
      /^auth\.0\.clientAuth must be one of "basic", "body"/,
    );
  });

  it("is refused whatever it is", () => {
    for (const given of [null, undefined, 1, "x", [], { slug: "x" }]) {
      expect(issuesFrom(() => parseConnector(given)).length).toBeGreaterThan(0);
    }
    expect(() => parseConnector(null)).toThrow("The definition must be an object, not null");
  });

  it("tells everything that is wrong at once", () => {
    expect(said({ defaultAuth: "x", headers: { a: "{b}" }, baseUrl: "https://acme.test" })).toHaveLength(3);
  });
});

describe("places of templates", () => {
  it("are filled by something, at the moment when it is known", () => {
    expect(said({ headers: { "x-shop": "{shop}" } })).toEqual([
      "headers.x-shop names {shop}, which nothing fills; declare it in `fields`, or use one of {apiKey}",
    ]);
    expect(said({ auth: [{ ...key, value: "Key {secret}" }] })).toEqual([
      "auth.0.value names {secret}, which nothing fills; declare it in `fields`, or use one of {apiKey}",
    ]);
    expect(said(withOAuth({ authorizeUrl: "https://api.acme.test/{callback.realm}" }))).toEqual([
      "auth.0.authorizeUrl names {callback.realm}, which nothing fills; a parameter of the callback is only known after the account was authorized",
    ]);
    expect(said(withOAuth({ tokenUrl: "https://api.acme.test/{token.tenant}" }))).toEqual([
      "auth.0.tokenUrl names {token.tenant}, which nothing fills; a part of the token response is only known after the exchange",
    ]);
    expect(
      said({ ...withOAuth({}), headers: { "x-tenant": "{token.tenant}", "x-realm": "{callback.realm}" } }),
    ).toEqual([
      'headers.x-tenant names {token.tenant}, which nothing fills; keep it from the token response: response.keep: { tenant: "…" }',
      'headers.x-realm names {callback.realm}, which nothing fills; list "realm" in callback.keep',
    ]);
    expect(
      said({
        ...withOAuth({
          callback: { keep: ["realm"] },
          response: { keep: { tenant: "t" }, sets: { user: {} } },
        }),
        headers: {
          "x-all": "{token.tenant}{callback.realm}{sets.user.accessToken}{accessToken}{app.clientId}",
        },
      }),
    ).toEqual([]);
  });

  it("of the connector must be filled by each auth method", () => {
    expect(said({ auth: [key, oauth], headers: { "x-key": "{apiKey}" } })).toEqual([
      'headers.x-key names {apiKey}, which nothing fills; declare it in `fields`, or use one of {app.clientId}, {accessToken} (with the auth method "oauth")',
    ]);
    const other = { ...key, id: "other", baseUrl: "https://api.acme.test/other" };
    const kept = { ...oauth, response: { keep: { path: "path" } } };
    expect(said({ auth: [kept, other], baseUrl: "https://api.acme.test/{token.path}" })).toEqual([]);
  });

  it("have both braces", () => {
    expect(said({ headers: { "x-shop": "{shop" } })).toEqual([
      "headers.x-shop has a { or } that belongs to no place such as {subdomain} or {token.instance_url}",
    ]);
  });
});

describe("requests and answers", () => {
  const WRONG: readonly (readonly [string, Parts, string])[] = [
    [
      "a header with a line break",
      { headers: { "x-a": "a\r\nx-b: c" } },
      "headers.x-a must not hold control characters such as line breaks",
    ],
    [
      "a header of no name",
      { headers: { "x a": "b" } },
      "headers.x a is no name of a header: letters, digits and - (RFC 9110 §5.1)",
    ],
    [
      "a framing header",
      { headers: { Host: "evil.test" } },
      "headers.Host is set by whoever sends the request; remove it",
    ],
    [
      "a key in a header of no name",
      { auth: [{ ...key, name: "x:key" }] },
      "auth.0.x:key is no name of a header: letters, digits and - (RFC 9110 §5.1)",
    ],
    [
      "a signal of everything",
      { expired: [{}] },
      "expired.0 would match every answer; give it a status, headers or a path",
    ],
    [
      "a signal of nowhere",
      { failed: [{ equals: "x", status: [200] }] },
      "failed.0.equals says what, but not where; add path",
    ],
    [
      "a body of a GET",
      { verification: { path: "/me", body: "{}" } },
      "verification.body has no use with GET; set verification.method to POST",
    ],
    [
      "an event of nowhere",
      { events: [{ slug: "x", name: "X", match: { equals: "a" } }] },
      "events.0.match says what, but not where; add header or path",
    ],
  ];
  it.each(WRONG)("refuse %s", (_, parts, message) => {
    expect(said(parts)).toEqual([message]);
  });
});
