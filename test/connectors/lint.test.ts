import { describe, expect, it } from "vitest";
import { lintConnector } from "#sdk/connector/lint.ts";
import { parseConnector } from "#sdk/connector/parse.ts";
import { action, good, withOAuth } from "./definition.ts";
import type { Parts } from "./definition.ts";

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
