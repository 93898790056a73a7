import { describe, expect, it } from "vitest";
import { readExpiry } from "#runtime/oauth/protocol/read-expiry.ts";
import { renewTokens } from "#runtime/oauth/protocol/renew-tokens.ts";
import { connectorFor, contextFor, credentialOf, formOf, NOW, oauthOf, startProvider } from "./kit.ts";

type OAuthInput = NonNullable<Parameters<typeof connectorFor>[1]>;
type ExpiryInput = NonNullable<NonNullable<OAuthInput["response"]>["expiry"]>;

function end(expiry: ExpiryInput, data: object, accessToken = "opaque"): number | null | "introspect" {
  const method = oauthOf(
    connectorFor(
      { origin: "http://localhost:9" },
      { response: { expiry }, introspectUrl: "http://localhost:9/i" },
    ),
  );
  return readExpiry(method.response.expiry, { data, accessToken, receivedAt: NOW });
}

function jwt(claims: object): string {
  return `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.sig`;
}

const HOUR = 3_600_000;
const AT = NOW + HOUR;

describe("the end of a token", () => {
  it.each([
    [{}, { expires_in: 3_600 }],
    [{ unit: "minutes" }, { expires_in: "60" }],
    [{ unit: "milliseconds", path: "life.ms" }, { life: { ms: HOUR } }],
    [{ form: "date", path: "ends" }, { ends: AT / 1_000 }],
    [{ form: "date", path: "ends" }, { ends: AT }],
    [{ form: "date", path: "ends", unit: "milliseconds" }, { ends: AT }],
    [{ form: "date", path: "ends" }, { ends: String(AT / 1_000) }],
    [{ form: "date", path: "ends" }, { ends: new Date(AT).toISOString() }],
    [{ form: "date", path: "ends" }, { ends: "2026-11-22T14:00:00+01:00" }],
    [{ form: "date", path: "ends" }, { ends: new Date(AT).toUTCString() }],
    [{ missing: 3_600 }, {}],
    [{ missing: 3_600 }, { expires_in: -1 }],
    [{ form: "date", path: "ends", missing: 3_600 }, { ends: "someday" }],
    [{ form: "jwt", missing: 3_600 }, {}],
  ] as const)("is an hour away: %j %j", (expiry, data) => {
    expect(end(expiry, data)).toBe(AT);
  });

  it("is what a JWT says of itself, and never later than its lifetime from now", () => {
    const seconds = NOW / 1_000;
    expect(end({ form: "jwt" }, {}, jwt({ exp: seconds + 3_600 }))).toBe(AT);
    expect(end({ form: "jwt" }, {}, jwt({ iat: seconds, exp: seconds + 3_600 }))).toBe(AT);
    // A provider whose clock is ten minutes ahead, and one whose is behind.
    expect(end({ form: "jwt" }, {}, jwt({ iat: seconds + 600, exp: seconds + 4_200 }))).toBe(AT);
    expect(end({ form: "jwt" }, {}, jwt({ iat: seconds - 600, exp: seconds + 3_000 }))).toBe(AT - 600_000);
  });

  it.each([jwt({}), jwt({ exp: "soon" }), "a.b.c", "a", "", jwt({ exp: null })])(
    "is unknown where the JWT %j is none",
    (token) => {
      expect(end({ form: "jwt" }, {}, token)).toBeNull();
    },
  );

  it.each([
    [{ ends: "-271821-04-20T00:00:00Z" }, NOW],
    [{ ends: 1 }, NOW],
    [{ ends: 1e300 }, NOW + 10 * 365 * 24 * HOUR],
  ])("is a time that can be stored, also where %j is told", (data, expected) => {
    expect(end({ form: "date", path: "ends" }, data)).toBe(expected);
  });

  it("may be unknown for good, or be asked for", () => {
    expect(end({}, {})).toBeNull();
    expect(end({ missing: 0 }, {})).toBeNull();
    expect(end({ missing: "introspect" }, {})).toBe("introspect");
  });
});

describe("introspection", () => {
  it.each([
    ["answers", { body: { active: true, exp: NOW / 1_000 + 120 } }, NOW + 120_000],
    ["tells no time", { body: { active: true, exp: 1e300 } }, NOW + 10 * 365 * 24 * HOUR],
    ["tells a time before now", { body: { active: true, exp: 5 } }, AT],
    ["does not know", { body: { active: false } }, AT],
    ["is nonsense", { body: { active: "maybe", exp: "x" } }, AT],
    ["is down", { status: 503 }, AT],
    ["is HTML", { body: "<html>" }, AT],
  ])("that %s never loses the tokens", async (_, reply, expected) => {
    const provider = await startProvider(({ url }) =>
      url === "/introspect" ? reply : { body: { access_token: "new-access", refresh_token: "new-refresh" } },
    );
    const connector = connectorFor(provider, {
      introspectUrl: `${provider.origin}/introspect`,
      response: { expiry: { missing: "introspect" } },
    });
    expect(await renewTokens(contextFor(connector), credentialOf())).toMatchObject({
      credential: { tokens: { main: { refreshToken: "new-refresh", expiresAt: expected } } },
    });
    expect(formOf(provider.asked[1])).toMatchObject({ token: "new-access", token_type_hint: "access_token" });
  });

  it("is not waited for long: the tokens are not written down yet", async () => {
    const provider = await startProvider(() => ({ body: { access_token: "new", active: true } }));
    const connector = connectorFor(provider, {
      introspectUrl: `${provider.origin}/introspect`,
      response: { expiry: { missing: "introspect" } },
    });
    const context = contextFor(connector, { deadlineMs: 120_000 });
    const waited: (number | undefined)[] = [];
    const egress = Object.assign(Object.create(context.egress) as typeof context.egress, {
      fetch: (request: Parameters<typeof context.egress.fetch>[0]) => {
        waited.push(request.headTimeoutMs);
        return context.egress.fetch(request);
      },
    });
    expect(await renewTokens({ ...context, egress }, credentialOf())).toMatchObject({ kind: "tokens" });
    expect(waited).toEqual([120_000, 5_000]);
  });
});
