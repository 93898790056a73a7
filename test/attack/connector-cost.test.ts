import { describe, expect, test } from "vitest";
import { checkActionInput } from "#runtime/host/action/check-input.ts";
import { action as actionSchema } from "#sdk/connector/action.ts";
import { fieldValueProblem } from "#sdk/connector/field-value.ts";
import { field } from "#sdk/connector/fields.ts";
import { DefinitionError, parseConnector } from "#sdk/connector/parse.ts";
import { patternProblem } from "#sdk/connector/pattern-problem.ts";

// Each of these would take minutes or for ever where it is not refused: then its test does not end in time.

const listOfSame = (length: number, item: unknown): readonly unknown[] => Array.from({ length }, () => item);

function issuesOf(parse: () => unknown): readonly string[] {
  try {
    parse();
    return [];
  } catch (error) {
    if (error instanceof DefinitionError) {
      return error.issues.map(({ message }) => message);
    }
    throw error;
  }
}

describe("a field's pattern, which runs in the API on what a customer types", () => {
  test.each([
    `${"a?".repeat(28)}x`,
    `${"(?:a|a){8}".repeat(4)}x`,
    `a*${"a?".repeat(14)}x`,
    `(?=${"[a-c]?".repeat(30)}x)a`,
  ])("is not taken when its choices multiply: %s", (pattern) => {
    expect(patternProblem(pattern)).toMatch(/can take for ever/);
  });

  test.each([
    "[a-z]{1,8}[a-z0-9]{1,8}[0-9]{1,8}",
    "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    String.raw`[\w.+-]+@[\w-]+\.[\w.-]+`,
    "(sk|rk)_(live|test)_[A-Za-z0-9]{10,200}",
    "(https?://)?[a-z0-9-]{1,63}(/[a-z0-9-]{0,8}){0,5}",
  ])("is taken when they do not: %s", (pattern) => {
    expect(patternProblem(pattern)).toBeNull();
  });

  test("is not run on a text that makes a quadratic one slow", () => {
    const quadratic = field.parse({ label: "Key", pattern: "a*a*x" });
    expect(fieldValueProblem(quadratic, "a".repeat(20_000))).toBe("is longer than 4000 characters");
  });
});

describe("a definition", () => {
  test("of ten thousand costly patterns is refused, because the API checks it", () => {
    const costly = (n: number): string => `${"ab?c".repeat(120)}${String(n)}`;
    const fields = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, n) => [`f${String(n)}`, { label: "F", pattern: costly(n) }]),
    );
    const value = issuesOf(() =>
      parseConnector({
        slug: "acme",
        name: "Acme",
        hosts: ["api.acme.test"],
        baseUrl: "https://api.acme.test",
        auth: [{ id: "key", type: "api-key", label: "Key", name: "x-key" }],
        fields,
      }),
    );
    expect(value.at(-1)).toContain("cannot be checked for speed");
  });
});

describe("the input of an action, which is checked in the worker that serves everybody", () => {
  const listOf = (items: object) =>
    actionSchema.parse({
      slug: "send",
      name: "Send",
      input: { type: "object", properties: { list: { type: "array", items } } },
      http: { method: "POST", path: "/list" },
    });
  const check = (items: object, list: readonly unknown[]): string => {
    try {
      checkActionInput(listOf(items), "crm", { list });
      return "taken";
    } catch (error) {
      return error instanceof Error ? error.message : "";
    }
  };

  test("with a million wrong parts is refused without a million errors", () => {
    const value = check({ type: "string" }, listOfSame(1_000_000, 1));
    expect(value).toContain("has too many parts");
  });

  test("is not multiplied by the alternatives of a schema", () => {
    const items = { anyOf: Array.from({ length: 10_000 }, (_, n) => ({ const: `a${String(n)}` })) };
    const value = check(items, listOfSame(100_000, "b"));
    expect(value).toContain("has too many parts");
  });

  test("is not multiplied by what a value is compared with, nor by lengths that are counted", () => {
    const large = Object.fromEntries(Array.from({ length: 2_000 }, (_, n) => [`k${String(n)}`, n]));
    const compared = check({ enum: Array.from({ length: 500 }, () => large) }, listOfSame(5_000, large));
    const counted = check({ anyOf: Array.from({ length: 10_000 }, () => ({ maxLength: 1 })) }, [
      "x".repeat(1_000_000),
    ]);
    expect([compared, counted]).toEqual([
      expect.stringContaining("has too many parts"),
      expect.stringContaining("has too many parts"),
    ]);
  });

  test("of an ordinary size is checked, and each wrong part is told", () => {
    expect(check({ type: "string" }, listOfSame(50_000, "x"))).toBe("taken");
    expect(check({ type: "string" }, ["x", 1, 2])).toMatch(/input\.list\.1.*input\.list\.2/);
  });
});
