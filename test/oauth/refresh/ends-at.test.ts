import { expect, test } from "vitest";
import type { Credential } from "#runtime/oauth/credential.ts";
import { endsAt } from "#runtime/oauth/ends-at.ts";
import { authMethod } from "#sdk/connector/auth.ts";
import type { AuthMethod } from "#sdk/connector/auth.ts";

const NOW = 1_800_000_000_000;
const DAY = 86_400;

function methodWith(settings: object): AuthMethod {
  return authMethod.parse({
    id: "oauth",
    type: "oauth2",
    label: "OAuth",
    authorizeUrl: "https://example.com/authorize",
    tokenUrl: "https://example.com/token",
    refresh: settings,
  });
}

/** A credential of now; `told`: in how many seconds its refresh token ends, as the provider said. */
function credentialWith(told: number | null, refreshToken: string | null = "rt"): Credential {
  const refreshExpiresAt = told === null ? null : NOW + told * 1_000;
  const main = {
    accessToken: "at",
    refreshToken,
    refreshExpiresAt,
    scopes: [],
    issuedAt: NOW,
    expiresAt: NOW + 3_600_000,
  };
  return { fields: {}, tokens: { main }, callback: {}, token: {}, authorizedAt: NOW };
}

function endsIn(settings: object, credential: Credential, previous: Credential | null = null): number | null {
  const end = endsAt(methodWith(settings), credential, { previous, now: NOW });
  return end === null ? null : (end.getTime() - NOW) / 1_000;
}

test("idleness ends nothing that is renewed in time; what no renewal moves does", () => {
  const idle = { idleLifetime: 14 * DAY };
  expect(endsIn(idle, credentialWith(null))).toBeNull();
  expect(endsIn({ ...idle, absoluteLifetime: 90 * DAY }, credentialWith(null))).toBe(90 * DAY);
  expect(endsIn({ by: "none" }, credentialWith(null))).toBe(3_600);
  expect(endsIn({}, credentialWith(null, null))).toBe(3_600);
});

test("a told end counts unless another refresh token has a later one", () => {
  const always = { rotation: "always" };
  expect(endsIn({}, credentialWith(7 * DAY))).toBe(7 * DAY);
  expect(endsIn(always, credentialWith(7 * DAY))).toBeNull();
  expect(endsIn({}, credentialWith(7 * DAY), credentialWith(6 * DAY))).toBeNull();
  expect(endsIn(always, credentialWith(7 * DAY), credentialWith(7 * DAY + 5))).toBe(7 * DAY);
  // It ends before its access token: nothing renews it in time.
  expect(endsIn(always, credentialWith(600))).toBe(600);
});
