import { describe, expect, test } from "vitest";
import { actionOf, imported } from "./openapi-document.ts";
import type { Part } from "./openapi-document.ts";

describe("schemas", () => {
  const schemaOf = (schema: Part, more: Part = {}): unknown =>
    (
      actionOf(
        {
          requestBody: { content: { "application/json": { schema: { type: "array", items: schema } } } },
          responses: {},
        },
        undefined,
        more,
      ).input as { properties: { body: { items: unknown } } }
    ).properties.body.items;

  test("are those of JSON Schema 2020-12", () => {
    expect(
      schemaOf({ type: "string", nullable: true, enum: ["a"], example: "a", xml: {}, "x-y": 1, title: "T" }),
    ).toEqual({ type: ["string", "null"], enum: ["a", null] });
    expect(
      schemaOf({ type: "integer", minimum: 0, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: false }),
    ).toEqual({ type: "integer", exclusiveMinimum: 0, maximum: 9 });
    expect(
      schemaOf({ oneOf: [{ type: "string" }, { type: "number" }], discriminator: { propertyName: "x" } }),
    ).toEqual({ anyOf: [{ type: "string" }, { type: "number" }] });
    expect(schemaOf({ nullable: true, allOf: [{ type: "object", additionalProperties: false }] })).toEqual({
      anyOf: [{ allOf: [{ type: "object" }] }, { type: "null" }],
    });
    expect(schemaOf({ type: "any", required: true, minLength: -1, items: false, pattern: 7 })).toEqual({});
    expect(schemaOf({ type: "string", pattern: "^[a-z]+$" })).toEqual({
      type: "string",
      pattern: "^[a-z]+$",
    });
    expect(schemaOf({ type: "string", pattern: "^(a+)+$" })).toEqual({ type: "string" });
  });

  test("write out what they refer to, and stop where they contain themselves", () => {
    const more = {
      components: {
        schemas: {
          Node: {
            type: "object",
            properties: {
              value: { $ref: "#/components/schemas/Va~1l%20ue" },
              next: { $ref: "#/components/schemas/Node" },
            },
          },
          "Va/l ue": { type: "string" },
          A: { $ref: "#/components/schemas/B" },
          B: { $ref: "#/components/schemas/A" },
        },
      },
    };
    expect(schemaOf({ $ref: "#/components/schemas/Node" }, more)).toEqual({
      type: "object",
      properties: {
        value: { type: "string" },
        next: { description: "Node again: left open, because it contains itself." },
      },
    });
    expect(schemaOf({ $ref: "#/components/schemas/A" }, more)).toBe(true);
  });

  test("stay within their room however much they refer to", () => {
    const schemas = Object.fromEntries(
      Array.from({ length: 40 }, (_, one) => [
        `S${String(one)}`,
        {
          type: "object",
          properties: Object.fromEntries(
            Array.from({ length: 40 }, (__, other) => [
              `p${String(other)}`,
              { $ref: `#/components/schemas/S${String((one * 7 + other) % 40)}` },
            ]),
          ),
        },
      ]),
    );
    const paths = Object.fromEntries(
      Array.from({ length: 300 }, (_, one) => [
        `/p${String(one)}`,
        {
          get: {
            responses: {
              200: {
                content: {
                  "application/json": { schema: { $ref: `#/components/schemas/S${String(one % 40)}` } },
                },
              },
            },
          },
        },
      ]),
    );
    const { connector, operations } = imported({ components: { schemas }, paths });
    expect(operations.imported).toBe(300);
    expect(JSON.stringify(connector).length).toBeLessThan(5_000_000);
    const small = imported({ components: { schemas }, paths }, { limits: { definition: 200_000 } });
    expect(JSON.stringify(small.connector).length).toBeLessThan(240_000);
    expect(small.operations.imported).toBe(300);
  });
});
