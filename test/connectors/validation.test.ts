import { describe, expect, it } from "vitest";
import { lintConnector } from "#sdk/connector/lint.ts";
import { parseCredentialType } from "#sdk/connector/parse-credential-type.ts";
import { DefinitionError, parseConnector } from "#sdk/connector/parse.ts";
import type { DefinitionIssue } from "#sdk/connector/parse.ts";

type Parts = Record<string, unknown>;

const key = { id: "key", type: "api-key", label: "Key", name: "x-key" };
const oauth: Parts = {
  id: "oauth",
  type: "oauth2",
  label: "Sign in",
  authorizeUrl: "https://api.acme.test/authorize",
  tokenUrl: "https://api.acme.test/token",
};
const action: Parts = {
  slug: "get-contact",
  name: "Get a contact",
  input: { type: "object", properties: { id: { type: "string" } }, required: ["id"] },
  http: { method: "GET", path: "/contacts/{id}" },
};
const good: Parts = {
  slug: "acme",
  name: "Acme",
  hosts: ["api.acme.test"],
  baseUrl: "https://api.acme.test",
  auth: [key],
};

/** Everything that is wrong in a good definition with these parts in it. */
function issuesOf(parts: Parts): readonly DefinitionIssue[] {
  return issuesFrom(() => parseConnector({ ...good, ...parts }));
}

function issuesFrom(parse: () => unknown): readonly DefinitionIssue[] {
  try {
    parse();
  } catch (error) {
    if (error instanceof DefinitionError) {
      return error.issues;
    }
    throw error;
  }
  return [];
}

/** `path message`, as the error says it. */
function said(parts: Parts): string[] {
  return issuesOf(parts).map(({ path, message }) => `${path} ${message}`);
}

const withOAuth = (parts: Parts): Parts => ({ auth: [{ ...oauth, ...parts }] });
const withHttp = (http: Parts, more: Parts = {}): Parts => ({
  actions: [{ ...action, ...more, http: { method: "GET", path: "/contacts/{id}", ...http } }],
});

describe("a good definition", () => {
  it("is taken, with OAuth, fields and actions too", () => {
    expect(said({})).toEqual([]);
    expect(said({ actions: [action] })).toEqual([]);
    expect(said(withOAuth({}))).toEqual([]);
  });
});

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

describe("auth methods", () => {
  const WRONG: readonly (readonly [string, Parts, string])[] = [
    [
      "no authorize URL",
      { authorizeUrl: undefined },
      "auth.0.authorizeUrl is missing: the grant authorization_code begins there",
    ],
    [
      "client credentials of a public client",
      { grant: "client_credentials", clientAuth: "none", refresh: { by: "again" } },
      "auth.0.clientAuth must not be none with the grant client_credentials, which is only the client's proof",
    ],
    [
      "a public client without PKCE",
      { clientAuth: "none", pkce: "forbidden" },
      "auth.0.pkce must not be forbidden for a public client (clientAuth none): anybody who sees the code could use it (RFC 9700 §2.1.1)",
    ],
    [
      "PKCE on one leg",
      { request: { omit: ["code_verifier"] } },
      "auth.0.request.omit leaves out code_verifier, although the authorization request sends a challenge; set pkce to forbidden, or send it",
    ],
    [
      "an own state",
      { authorizeParams: { state: "x" } },
      "auth.0.authorizeParams.state is sent by the product itself; remove it",
    ],
    [
      "an own challenge",
      { authorizeParams: { code_challenge: "x" } },
      "auth.0.authorizeParams.code_challenge is sent by the product itself; remove it",
    ],
    [
      "a default scope that nothing explains",
      { scopes: { available: { read: "Read." }, default: ["read", "write"] } },
      'auth.0.scopes.default.1 is "write", which scopes.available does not explain; add it there',
    ],
    [
      "two scope lists in one parameter",
      { scopes: { user: { param: "scope" } } },
      'auth.0.scopes.user.param must not be "scope" too; the lists would be mixed up',
    ],
    [
      "a GET with a body",
      { request: { method: "GET" } },
      "auth.0.request.body must be query, because a GET has no body",
    ],
    [
      "introspection nowhere",
      { response: { expiry: { missing: "introspect" } } },
      "auth.0.response.expiry.missing is introspect; say where: introspectUrl",
    ],
    [
      "a token set of a taken name",
      { response: { sets: { main: {} } } },
      "auth.0.response.sets.main is the name of the response's own token set; rename it",
    ],
    [
      "an exchange of unknown form",
      { refresh: { by: "exchange" } },
      "auth.0.refresh.exchange is missing: say the grant type and the parameter that carries the access token",
    ],
    [
      "an exchange that is not used",
      { refresh: { exchange: { grantType: "x", tokenParam: "t" } } },
      "auth.0.refresh.exchange has no use with refresh.by refresh_token; set refresh.by to exchange, or remove it",
    ],
    [
      "renewal before it is allowed",
      { refresh: { notBefore: 30, margin: 300 } },
      "auth.0.refresh.margin is 300 s, but renewal is refused until 30 s before the end (refresh.notBefore); make it at most that",
    ],
    [
      "grace without rotation",
      { refresh: { rotation: "never", grace: 60 } },
      "auth.0.refresh.grace has no meaning when refresh tokens never rotate; remove it",
    ],
    [
      "idle longer than alive",
      { refresh: { idleLifetime: 20, absoluteLifetime: 10 } },
      "auth.0.refresh.idleLifetime is longer than refresh.absoluteLifetime, which ends the token in any case",
    ],
    [
      "revocation nowhere",
      { revoke: "access_token" },
      "auth.0.revoke says what is revoked, but not where; add revokeUrl",
    ],
    [
      "a name kept twice",
      { response: { keep: { id: "id" } }, lookup: { url: "https://api.acme.test/x", keep: { id: "0.id" } } },
      "auth.0.lookup.keep.id is kept from the token response too; rename one",
    ],
  ];
  it.each(WRONG)("refuse %s", (_, parts, message) => {
    expect(said(withOAuth(parts))).toEqual([message]);
  });

  it("have ids of their own, and the default is one of them", () => {
    expect(said({ auth: [key, key] })).toEqual(['auth.1.id is "key" like auth.0; give it one of its own']);
    expect(said({ defaultAuth: "oauth" })).toEqual([
      'defaultAuth is "oauth", which is no auth method; use one of "key"',
    ]);
  });

  it("are at least one, of a known type", () => {
    expect(said({ auth: [] })).toEqual(["auth must have at least 1 item"]);
    expect(said({ auth: [{ ...key, type: "oauth1" }] })[0]).toMatch(
      /^auth\.0\.type must be one of "none", "basic"/,
    );
  });
});

describe("fields", () => {
  const field = (parts: Parts): string[] =>
    said({ fields: { shop: { label: "Shop", ...parts } }, headers: { shop: "{shop}" } });

  it.each([
    ["(", "fields.shop.pattern is no regular expression: "],
    ["(a+)+", "fields.shop.pattern can take for ever on some texts"],
    ["(a|a)*", "fields.shop.pattern can take for ever on some texts"],
    ["([a-z]+)*@", "fields.shop.pattern can take for ever on some texts"],
    ["(.*)*", "fields.shop.pattern can take for ever on some texts"],
    ["(?=(a+)+b)a", "fields.shop.pattern can take for ever on some texts"],
    ["\\s*\\s*\\s*x", "fields.shop.pattern can take very long on some texts"],
    ["(a?){30}a{30}", "fields.shop.pattern is beyond what can be checked for speed"],
    ["(a)\\1", "fields.shop.pattern is beyond what can be checked for speed"],
  ])("refuse the pattern %s", (pattern, message) => {
    const lines = field({ pattern });
    expect(lines).toHaveLength(1);
    expect(lines[0]?.startsWith(message), lines[0]).toBe(true);
  });

  it.each([
    "[a-z0-9]+(-[a-z0-9]+)*",
    "([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,}",
    "[^@\\s]+@[^@\\s]+\\.[^@\\s]+",
    "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?",
    "\\d{4}-\\d{2}-\\d{2}",
    "(sk|rk)_(live|test)_[A-Za-z0-9]+",
    "\\p{L}+(?: \\p{L}+)?",
    "[\\w.-]{1,500}",
  ])("take the pattern %s, which is fast in fact", (pattern) => {
    expect(field({ pattern })).toEqual([]);
    const started = performance.now();
    for (const text of [
      "a".repeat(5_000),
      "1".repeat(5_000),
      "-a".repeat(2_500),
      "a.".repeat(2_500),
      "=a@".repeat(1_700),
    ]) {
      new RegExp(`^(?:${pattern})$`, "u").test(`${text}\u0000`);
    }
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it("refuse defaults that they would not take themselves", () => {
    expect(field({ default: "x y", pattern: "[a-z]+", patternHint: "must be small letters" })).toEqual([
      "fields.shop.default must be small letters",
    ]);
    expect(field({ default: "evil.test/", format: "label" })).toEqual([
      "fields.shop.default must be one part of a host name (letters, digits and -), without dots",
    ]);
    expect(field({ default: "127.0.0.1", format: "hostname" })).toEqual([
      "fields.shop.default must be a public host name such as shop.example.com, without https:// and path",
    ]);
    expect(field({ default: "c", options: [{ value: "a", label: "A" }] })).toEqual([
      'fields.shop.default must be one of "a"',
    ]);
    expect(field({ default: "hunter2", type: "password" })).toEqual([
      "fields.shop.default must not stand in a secret field: everybody could read it",
    ]);
    expect(field({ default: "many", type: "number" })).toEqual(["fields.shop.default must be a number"]);
    expect(field({ options: [] })).toEqual([
      "fields.shop.options is empty, so that no value could be taken; leave it out",
    ]);
    expect(field({ format: "label", type: "password" })).toEqual([
      "fields.shop.secret must not be true for a part of a host, which is no secret",
    ]);
  });

  it("have names of their own", () => {
    expect(
      said({
        fields: { apiKey: { label: "Key" } },
        auth: [{ ...key, fields: { apiKey: { label: "Key" } } }],
      }),
    ).toEqual([
      "auth.0.fields.apiKey is already a field of the connector, which every method asks for; rename or remove one",
    ]);
    expect(said({ fields: { accessToken: { label: "Token" } } })).toEqual([
      "fields.accessToken is a name that templates give another meaning; rename it",
    ]);
    expect(said({ fields: { "a-b": { label: "Name" } } })).toEqual([
      "fields.a-b must be letters, digits and _, not starting with a digit",
    ]);
  });
});

describe("actions", () => {
  const WRONG: readonly (readonly [string, Parts, string])[] = [
    [
      "a place that the input lacks",
      withHttp({ path: "/contacts/{contactId}" }),
      "actions.0.http.path names {contactId}, which is no property of the input; add it to input.properties",
    ],
    [
      "a place that may stay empty",
      withHttp({}, { input: { type: "object", properties: { id: {} } } }),
      'actions.0.input.required lacks "id", without which the path has a gap',
    ],
    [
      "a lone brace",
      withHttp({ path: "/contacts/{id}/}" }),
      "actions.0.http.path has a { or } that belongs to no place such as {contactId}",
    ],
    [
      "an input that is no object",
      withHttp({}, { input: { type: "array" } }),
      'actions.0.input must be the schema of an object: { "type": "object", … }',
    ],
    [
      "a parameter that the input lacks",
      withHttp({ params: { x: { in: "query" } } }),
      "actions.0.http.params.x is no property of the input; add it to input.properties",
    ],
    [
      "a path parameter without place",
      withHttp({ path: "/contacts", params: { id: { in: "path" } } }),
      "actions.0.http.params.id goes into the path, which has no {id}",
    ],
    [
      "a body of a GET",
      withHttp({ path: "/contacts", params: { id: { in: "body" } } }),
      "actions.0.http.params.id goes into the body, but a GET with body none has none",
    ],
    [
      "fixed parts of no body",
      withHttp({ fixed: { a: 1 } }),
      "actions.0.http.fixed needs a body of parts: json, form or multipart, and a method that sends it",
    ],
    [
      "a wrap of no body",
      withHttp({ wrap: "data" }),
      "actions.0.http.wrap needs a JSON body and a method that sends it",
    ],
    [
      "a cursor in no body",
      withHttp({ pagination: { type: "cursor", cursor: "next", param: "after", in: "body" } }),
      "actions.0.http.pagination.in must be query, because a GET sends no body",
    ],
    [
      "a slow pattern in a schema",
      withHttp(
        {},
        {
          input: {
            type: "object",
            properties: { id: { type: "string", pattern: "^(a+)+$" } },
            required: ["id"],
          },
        },
      ),
      "actions.0.input.properties.id.pattern can take for ever on some texts, because a repeated part can match the same text in several ways, as in (a+)+; write it without",
    ],
    [
      "a schema that is none",
      withHttp({}, { input: { type: "object", properties: { id: {} }, required: "id" } }),
      "actions.0.input.required must be a list of names of properties",
    ],
    [
      "neither http nor code",
      { actions: [{ slug: "x", name: "X" }] },
      "actions.0 needs either `http` or `code`",
    ],
    [
      "the slug of another",
      { actions: [action, action] },
      'actions.1.slug is "get-contact" like actions.0; give it one of its own',
    ],
  ];
  it.each(WRONG)("refuse %s", (_, parts, message) => {
    expect(said(parts)).toEqual([message]);
  });

  it("take a property named pattern or required", () => {
    const properties = {
      id: {},
      pattern: { type: "string" },
      required: { type: "boolean" },
      properties: { type: "object" },
    };
    expect(said(withHttp({}, { input: { type: "object", properties, required: ["id"] } }))).toEqual([]);
  });

  it("refuse a schema that is deep without end, soon", () => {
    let input: Parts = {};
    for (let level = 0; level < 500; level++) {
      input = { type: "object", properties: { a: input } };
    }
    expect(said({ actions: [{ slug: "x", name: "X", input, http: { method: "GET", path: "/" } }] })).toEqual([
      "actions.0.input is too large: at most 50000 parts, 100 levels deep",
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

describe("lint", () => {
  const lints = (parts: Parts): string[] =>
    lintConnector(parseConnector({ ...good, ...parts })).map(
      ({ level, path, message }) => `${level} ${path} ${message}`,
    );
  const complete: Parts = {
    description: "Acme.",
    sources: [{ url: "https://acme.test/docs", read: "2026-11-22" }],
    verification: { path: "/me", account: { id: "id" } },
    actions: [{ ...action, description: "Reads a contact." }],
  };

  it("is content with a complete definition", () => {
    expect(lints(complete)).toEqual([]);
  });

  it.each([
    ["sources", { sources: [] }, "warning sources is empty"],
    ["a description", { description: "" }, "warning description is empty"],
    ["a verification", { verification: undefined }, "warning verification is missing"],
    ["a description of an action", { actions: [action] }, "warning actions.0.description is empty"],
    [
      "a use of a field",
      { fields: { shop: { label: "Shop" } } },
      "warning fields.shop is asked for, but nothing uses it",
    ],
    [
      "a page that was open",
      { sources: [{ url: "https://acme.test", read: "2026-11-22", via: "memory" }] },
      "note sources.0 was not open",
    ],
  ])("misses %s", (_, parts: Parts, beginning) => {
    const found = lints({ ...complete, ...parts });
    expect(found).toHaveLength(1);
    expect(found[0]?.startsWith(beginning), found[0]).toBe(true);
  });

  it.each([
    ["an expiry", {}, "warning auth.0.response.expiry.missing is never"],
    [
      "offline access",
      { response: { expiry: { missing: 60 } } },
      "note auth.0.scopes asks for no offline access",
    ],
    ["what scopes are for", { scopes: { default: ["a"] } }, "warning auth.0.scopes.available is empty"],
    [
      "the renewal of client credentials",
      { grant: "client_credentials", response: { expiry: { missing: 60 } } },
      "warning auth.0.refresh.by is refresh_token, which this grant does not give",
    ],
  ])("misses %s of an OAuth method", (_, parts: Parts, beginning) => {
    const found = lints({
      ...complete,
      ...withOAuth({ revokeUrl: "https://api.acme.test/revoke", ...parts }),
    });
    expect(found.filter((line) => line.startsWith(beginning))).toHaveLength(1);
  });
});

describe("credential types", () => {
  const type: Parts = {
    slug: "acme-key",
    name: "Acme key",
    fields: { apiKey: { label: "Key", type: "password" } },
    carry: { headers: { "x-key": "{apiKey}" } },
    hosts: ["api.acme.test"],
  };
  const saidOf = (parts: Parts): string[] =>
    issuesFrom(() => parseCredentialType({ ...type, ...parts })).map(
      ({ path, message }) => `${path} ${message}`,
    );

  it("are checked like connectors", () => {
    expect(saidOf({})).toEqual([]);
    expect(saidOf({ fields: {} })).toEqual([
      "fields is empty: say what a person fills in",
      "carry.headers.x-key names {apiKey}, which nothing fills; declare it in `fields`",
    ]);
    expect(saidOf({ hosts: [] })).toEqual([
      "hosts is empty, so that no request could carry it; list hosts, or a field that names one",
    ]);
    expect(saidOf({ hosts: ["*"] })[0]).toMatch(/^hosts\.0 must not be "\*"/);
    expect(saidOf({ hosts: ["{apiKey}.acme.test"] })).toEqual([
      'hosts.0 has {apiKey}, where any text could change whose host it is; give that field the format "label" or "hostname"',
    ]);
    expect(saidOf({ carry: { headers: { "x-key": "a\nb" } } })).toEqual([
      "carry.headers.x-key must not hold control characters such as line breaks",
    ]);
    expect(saidOf({ category: "nonsense" })[0]).toMatch(/^category must be one of "generic", "cloud"/);
    expect(saidOf({ fields: { apiKey: { label: "Key", pattern: "(a+)+" } } })[0]).toMatch(
      /^fields\.apiKey\.pattern can take/,
    );
  });
});
