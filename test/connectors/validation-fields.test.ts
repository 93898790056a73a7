import { describe, expect, it } from "vitest";
import { key, said } from "./definition.ts";
import type { Parts } from "./definition.ts";

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
    // A pattern that tries without end would not come back from these.
    for (const text of [
      "a".repeat(5_000),
      "1".repeat(5_000),
      "-a".repeat(2_500),
      "a.".repeat(2_500),
      "=a@".repeat(1_700),
    ]) {
      new RegExp(`^(?:${pattern})$`, "u").test(`${text}\u0000`);
    }
  });

  it("take a pattern that only JavaScript's older syntax knows, and the values that fit", () => {
    const pattern = String.raw`[a-z]+\-[a-z]+`;
    expect(field({ pattern, default: "acme-eu" })).toEqual([]);
    expect(field({ pattern, default: "acme" })).toEqual([
      String.raw`fields.shop.default must match [a-z]+\-[a-z]+`,
    ]);
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
