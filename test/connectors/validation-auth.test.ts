import { describe, expect, it } from "vitest";
import { key, said, withOAuth } from "./definition.ts";
import type { Parts } from "./definition.ts";

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
      "a revocation by a GET with a body",
      { revokeRequest: { method: "GET" } },
      "auth.0.revokeRequest.body must be query, because a GET has no body",
    ],
    [
      "a place in a revocation that nothing fills",
      { revokeRequest: { params: { id: "{missing}" } } },
      "auth.0.revokeRequest.params.id names {missing}, which nothing fills; declare it in `fields`, or use one of {app.clientId}, {accessToken}",
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
