import { describe, expect, test } from "vitest";
import { importOpenApi } from "#sdk/connector/openapi/import.ts";
import { documentOf, imported } from "./openapi-document.ts";

const refusal = (text: string): string => {
  try {
    importOpenApi(text);
  } catch (error) {
    return String(error);
  }
  return "imported";
};

describe("hostile documents", { timeout: 60_000 }, () => {
  const yamlBomb = `openapi: 3.0.0\na0: &a0 [x,x,x,x,x,x,x,x,x]\n${Array.from(
    { length: 40 },
    (_, n) =>
      `a${String(n + 1)}: &a${String(n + 1)} [${Array(9)
        .fill(`*a${String(n)}`)
        .join(",")}]\n`,
  ).join("")}`;
  const mergeBomb = `openapi: 3.0.0\nm0: &m0 {k0: 1}\n${Array.from({ length: 5_000 }, (_, n) => `m${String(n + 1)}: &m${String(n + 1)} {<<: *m${String(n)}, k${String(n + 1)}: 1}\n`).join("")}`;
  const manyPaths = (count: number): string =>
    JSON.stringify(
      documentOf({
        paths: Object.fromEntries(
          Array.from({ length: count }, (_, n) => [`/p${String(n)}`, { get: { responses: {} } }]),
        ),
      }),
    );

  test.each([
    ["no document", "<html></html>", /no object/],
    ["another document", '{"hello":1}', /neither "openapi"/],
    ["broken JSON", '{"openapi": ', /no JSON/],
    ["broken YAML", "openapi: [3", /line 1/],
    ["nothing to do", '{"openapi":"3.0.0","paths":{}}', /no operations/],
    ["a prototype in JSON", '{"openapi":"3.0.0","x":{"__proto__":{"a":1}}}', /__proto__/],
    ["a prototype in YAML", "openapi: 3.0.0\n__proto__: {a: 1}", /__proto__/],
    ["deep JSON", `{"openapi":"3.0.0","a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`, /levels deep/],
    ["deep YAML", `openapi: ${"[".repeat(20_000)}`, /too deeply|levels deep/],
    ["deep keys", "? ".repeat(3_000), /too deeply|levels deep|no text/],
    ["a YAML bomb", yamlBomb, /repeats more than 200,000 values/],
    ["a bomb of merges", mergeBomb, /repeats more than 200,000 values/],
    ["YAML that contains itself", "openapi: 3.0.0\na: &a [*a]", /levels deep/],
    ["an alias of nothing", "openapi: 3.0.0\na: *b", /alias/i],
    ["YAML of many pieces", "#\n".repeat(2_000_000), /pieces/],
    ["a huge document", `{"openapi":"3.0.0","x":"${"x".repeat(20 * 1024 * 1024)}"}`, /larger than 20 MB/],
    ["operations without end", manyPaths(60_000), /more than 50,000 operations/],
  ])("%s is refused cleanly", (_, text, message) => {
    const said = refusal(text);
    expect(said).toMatch(/^DefinitionError: document /);
    expect(said).toMatch(message);
  });

  test("more operations than a connector has actions are cut off, and told", () => {
    const { operations, connector } = importOpenApi(manyPaths(6_000));
    expect(connector.actions).toHaveLength(5_000);
    expect(operations).toMatchObject({ total: 6_000, imported: 5_000 });
    expect(operations.skipped[0]).toEqual({
      operation: "GET /p5000",
      reason: "a connector has at most 5,000 actions",
    });
  });

  test("slow patterns cost neither the import nor whoever validates by them", () => {
    const paths = Object.fromEntries(
      Array.from({ length: 500 }, (_, n) => [
        `/p${String(n)}`,
        {
          get: {
            parameters: [
              {
                name: "q",
                in: "query",
                schema: { type: "string", pattern: `^(${"a|".repeat(60)}b${String(n)})*$` },
              },
            ],
            responses: {},
          },
        },
      ]),
    );
    const { connector, warnings } = imported({ paths });
    expect(JSON.stringify(connector)).not.toContain("pattern");
    expect(warnings).toEqual([expect.stringContaining("500 times")]);
  });

  test("names of every object's own members are names like others", () => {
    const { connector } = imported({
      paths: {
        "/{constructor}": {
          post: {
            operationId: "toString",
            parameters: [
              { name: "hasOwnProperty", in: "query", schema: { $ref: "#/constructor/prototype" } },
            ],
            requestBody: {
              content: { "application/json": { schema: { properties: { valueOf: { type: "string" } } } } },
            },
            responses: {},
          },
        },
      },
    });
    expect(connector.actions).toMatchObject([
      {
        slug: "to-string",
        input: {
          properties: { constructor: { type: "string" }, hasOwnProperty: true, valueOf: { type: "string" } },
        },
      },
    ]);
  });

  test("nonsense where anything else is expected is nothing", () => {
    expect(
      imported({
        info: [],
        servers: "x",
        components: "y",
        security: {},
        paths: {
          "/a": {
            get: { parameters: {}, responses: [], tags: 3, security: "z", requestBody: 7, summary: {} },
          },
          "/b": null,
          "/c": [],
          "x-d": { get: {} },
        },
      }).operations,
    ).toMatchObject({ total: 1, imported: 1 });
  });
});
