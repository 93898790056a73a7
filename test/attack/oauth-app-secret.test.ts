import { describe, expect, test } from "vitest";
import { DefinitionError, parseConnector } from "#sdk/connector/parse.ts";

const oauth = {
  id: "oauth",
  type: "oauth2",
  label: "Sign in",
  authorizeUrl: "https://{server}/authorize",
  tokenUrl: "https://{server}/token",
};
const server = { label: "Server", format: "hostname" };

/** Where a definition with these parts would send the app's secret to whoever fills in its field. */
function refused(method: object, field: object = {}, hosts: readonly string[] = []): readonly string[] {
  try {
    parseConnector({
      slug: "hosted",
      name: "Hosted",
      hosts: ["{server}", ...hosts],
      baseUrl: "https://{server}",
      fields: { server: { ...server, ...field } },
      auth: [{ ...oauth, ...method }],
    });
    return [];
  } catch (error) {
    if (error instanceof DefinitionError) {
      return error.issues.map(({ path }) => path);
    }
    throw error;
  }
}

describe("the secret of the organization's OAuth app, on a host that its customer types", () => {
  test.each([
    ["at the token endpoint", {}, ["auth.0.tokenUrl"]],
    ["as Basic credentials", { clientAuth: "basic" }, ["auth.0.tokenUrl"]],
    [
      "for the app alone",
      { grant: "client_credentials", authorizeUrl: undefined, refresh: { by: "again" } },
      ["auth.0.tokenUrl"],
    ],
    [
      "when tokens are renewed, revoked or looked into",
      {
        tokenUrl: "https://login.acme.test/token",
        refresh: { url: "https://{server}/refresh" },
        revokeUrl: "https://{server}/revoke",
        introspectUrl: "https://{server}/introspect",
      },
      ["auth.0.refresh.url", "auth.0.revokeUrl", "auth.0.introspectUrl"],
    ],
    [
      "when the callback, which the customer's browser brings, names it too",
      { tokenUrl: "{callback.server}/token", callback: { keep: ["server"] } },
      ["auth.0.tokenUrl"],
    ],
    [
      "as an assertion that another server takes",
      { clientAuth: "private_key_jwt", assertionAudience: "https://login.acme.test/token" },
      ["auth.0.tokenUrl"],
    ],
  ])("is refused %s", (_, method, paths) => {
    expect(refused(method, {}, ["login.acme.test"])).toEqual(paths);
  });

  test.each([
    ["a pattern that ends in the vendor's domain", {}, { pattern: String.raw`[a-z0-9-]+\.acme\.test` }],
    ["a pattern with any servers before it", {}, { pattern: String.raw`([a-z0-9-]+\.)+acme\.test` }],
    ["a pattern of two of the vendor's hosts", {}, { pattern: String.raw`(eu|us)\.acme\.test|acme\.test` }],
    ["a list of the vendor's hosts", {}, { options: [{ value: "eu.acme.test", label: "Europe" }] }],
    ["a public client, which has no secret", { clientAuth: "none" }, {}],
    ["an assertion that only that server takes", { clientAuth: "private_key_jwt" }, {}],
  ])("may go there with %s", (_, method, field) => {
    expect(refused(method, field)).toEqual([]);
  });

  test.each([
    ".*",
    String.raw`.*\.acme\.test|evil\.example/?`,
    "[a-z.]+",
    String.raw`[a-z.]+|eu\.acme\.test`,
    String.raw`[a-z0-9.-]*acme\.test`,
    String.raw`([a-z]+|eu\.)acme\.test`,
    String.raw`[a-z0-9-]+.acme\.test`,
    String.raw`[a-z0-9-]+\.co\.uk`,
    String.raw`[a-z0-9-]+\.herokuapp\.com`,
  ])("is refused with the pattern %s, which leads anywhere", (pattern) => {
    expect(refused({}, { pattern })).toEqual(["auth.0.tokenUrl"]);
  });
});
