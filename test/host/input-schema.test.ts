import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Bundle, SandboxPool } from "#runtime/host/execution.ts";
import { contentHash } from "#runtime/ids.ts";
import { checkInput } from "#runtime/workflows/input.ts";
import { bundleWorkflow } from "#sdk/bundle.ts";
import { codeOf, describeCode, run, startPool } from "./sandbox-pool.ts";

let pool: SandboxPool;
beforeAll(async () => {
  pool = await startPool({ processes: 1 });
});
afterAll(async () => pool.close());

async function workflow(schema: string): Promise<Bundle> {
  const { code } = await bundleWorkflow({
    source: `import { defineWorkflow } from "tenon"; import { z } from "zod";
      export default defineWorkflow({ input: ${schema} }, (ctx, input) => input);`,
  });
  return { hash: contentHash(code), code, sourceMap: null };
}

async function jsonSchemaOf({ code }: Bundle): Promise<Readonly<Record<string, unknown>> | null> {
  const described = await describeCode(pool, code);
  if (described.status !== "described") {
    throw new Error(`The workflow was not described: ${JSON.stringify(described)}`);
  }
  return (described.manifest as { input: Readonly<Record<string, unknown>> | null }).input;
}

describe("the check before a run starts", () => {
  test.each([
    ["z.object({ a: z.coerce.number().int().min(3) })", { a: "5" }],
    ["z.object({ a: z.coerce.number().describe('How many').optional() })", { a: "5" }],
    ["z.object({ a: z.coerce.number().pipe(z.number().min(3)).nullable() })", { a: "5" }],
    ["z.object({ a: z.coerce.date() })", { a: "2026-01-01" }],
    ["z.array(z.object({ deep: z.coerce.boolean() }))", [{ deep: "yes" }]],
    ["z.object({ a: z.string().catch('x') })", {}],
    ["z.object({ a: z.string().catch('x').readonly() })", { a: 7 }],
    ["z.object({ a: z.preprocess((value) => value ?? 'x', z.string()) })", {}],
    ["z.object({ a: z.preprocess(Number, z.number()) })", { a: "5" }],
    ["z.object({ a: z.string().prefault('x').transform((text) => text.length) })", {}],
    ["z.object({ a: z.number().default(5) })", {}],
    ["z.object({ a: z.string().trim().max(3) })", { a: "   abc   " }],
    ["z.object({ a: z.number().overwrite(Math.round).int() })", { a: 1.5 }],
    ["z.object({ a: z.success(z.string()) })", { a: "x" }],
    ["z.tuple([z.string(), z.string().catch('x')])", ["a"]],
    ["z.record(z.enum(['a', 'b']), z.coerce.boolean())", {}],
    ["z.intersection(z.object({ a: z.coerce.number() }), z.object({ b: z.string() }))", { a: "5", b: "" }],
  ])("refuses nothing that the schema takes: %s", async (schema, input) => {
    const bundle = await workflow(schema);
    expect(codeOf(await run(pool, bundle, { input: JSON.stringify(input) }))).toBe("completed");
    checkInput(await jsonSchemaOf(bundle), input);
  });

  test.each([
    ["z.object({ a: z.number().min(3), b: z.coerce.number() })", { a: "5", b: "5" }],
    ["z.object({ a: z.string().trim().max(3) })", { a: 5 }],
    ["z.object({ a: z.string().min(3).trim() })", { a: "a" }],
    ["z.object({ a: z.string(), b: z.string().catch('x') })", { b: "b" }],
  ])("still refuses what it can: %s", async (schema, input) => {
    const jsonSchema = await jsonSchemaOf(await workflow(schema));
    expect(() => {
      checkInput(jsonSchema, input);
    }).toThrow("does not fit the workflow's schema: input");
  });

  test("says of a value that is coerced what its author says of it", async () => {
    const schema = "z.object({ a: z.coerce.number().min(3).describe('How many').default(7) })";
    expect(await jsonSchemaOf(await workflow(schema))).toMatchObject({
      properties: { a: { description: "How many", default: 7 } },
    });
  });
});
