import { describe, expect, it } from "vitest";
import { parseCredentialType } from "#sdk/connector/parse-credential-type.ts";
import { issuesFrom } from "./definition.ts";
import type { Parts } from "./definition.ts";

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
