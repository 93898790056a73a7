import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { bundleWorkflow } from "#sdk/bundle.ts";
import { CHECKOUT, issuesOf, load, project, sourcesOf } from "./bundled.ts";

describe("source text from the API", () => {
  test("may import tenon and zod, from Tenon's own copies", async () => {
    const bundle = await bundleWorkflow({
      source: `import { defineWorkflow } from "tenon";
import { z } from "zod";
export default defineWorkflow({ input: z.object({ a: z.string() }) }, (_ctx, { a }) => a);`,
      filename: "mine.ts",
    });
    const { options } = load(bundle).default as {
      options: {
        input: {
          "~standard": {
            validate: (value: unknown) => unknown;
            jsonSchema: { input: (o: object) => unknown };
          };
        };
      };
    };
    expect(options.input["~standard"].validate({ a: "x" })).toEqual({ value: { a: "x" } });
    expect(options.input["~standard"].jsonSchema.input({ target: "draft-2020-12" })).toMatchObject({
      type: "object",
    });
    expect(sourcesOf(bundle)).toContain("mine.ts");
    expect(bundle.code).not.toContain(CHECKOUT);
    expect(bundle.sourceMap).not.toContain(CHECKOUT);
  });

  test.each([
    ['import "node:fs"', "node:fs"],
    ['import x from "./neighbour.ts"; x()', "./neighbour.ts"],
    ['import x from "../package.json"; x()', "../package.json"],
    ['require("/etc/passwd")', "/etc/passwd"],
    ['import x from "file:///etc/passwd"; x()', "file:///etc/passwd"],
    ['import "data:text/javascript,1"', "data:text/javascript,1"],
    ['import "https://example.com/x.js"', "https://example.com/x.js"],
    ['await import("esbuild")', "esbuild"],
    ['import "tenon/client"', "tenon/client"],
    ['import "zod/package.json"', "zod/package.json"],
    ['import "#runtime/config.ts"', "#runtime/config.ts"],
    ['try { require("pg") } catch {}', "pg"],
    ['export * from "tenon:index.ts"', "tenon:index.ts"],
  ])("refuses %s", async (line, specifier) => {
    const [issue] = await issuesOf(bundleWorkflow({ source: `export default async () => 1;\n${line};` }));
    expect(issue?.message).toContain(`"${specifier}" cannot be imported here`);
    expect(issue).toMatchObject({ file: "workflow.ts", line: 2 });
  });

  test.each([
    'import("./" + x + ".json")',
    "import(`../${x}.ts`)",
    'import /* a */ ( // b\n "./" + x)',
    'import.defer("./" + x)',
    'require("./" + x + ".json")',
    '[...import("./" + x + ".json")]',
    '({ ...require("./" + x + ".json") })',
    'import\u2028("./" + x)',
    'import <!-- a\n("./" + x)',
    'import\n--> a\n("./" + x)',
    "import(x)",
    'import("zod")',
  ])("lists no folder and waits for no module with %j", async (expression) => {
    const [issue] = await issuesOf(
      bundleWorkflow({ source: `const x = "y";\nexport default () => ${expression};`, filename: "w.js" }),
    );
    expect(issue).toMatchObject({
      file: "w.js",
      line: 2,
      message: expect.stringContaining("import … from …") as string,
    });
  });

  test.each([
    '\\u0072equire("./" + x + ".json")',
    "require /**/ (`../${x}`)",
    'require.resolve("./" + x)',
    'r("./" + x)',
    "typeof require",
  ])("finds nothing on this machine with %j", async (expression) => {
    const source = `const r = require; export default (x) => ${expression};`;
    const bundle = await bundleWorkflow({ source, filename: "w.js" });
    expect(sourcesOf(bundle)).toEqual(["w.js"]);
  });

  test("reads no file by a source map comment or a triple-slash reference", async () => {
    const { folder } = project({});
    const map = path.join(folder, "secret.map");
    writeFileSync(
      map,
      JSON.stringify({
        version: 3,
        sources: ["stolen.txt"],
        sourcesContent: ["STOLEN"],
        names: [],
        mappings: "AAAA",
      }),
    );
    const source = `/// <reference path="${map}" />\nexport default 1;\n//# sourceMappingURL=file://${map}`;
    const bundle = await bundleWorkflow({ source });
    expect(bundle.sourceMap).not.toContain("STOLEN");
    expect(sourcesOf(bundle)).toEqual(["workflow.ts"]);
    expect(JSON.parse(bundle.sourceMap)).toMatchObject({ sourcesContent: [source] });
  });

  test.each(["../escape.ts", "/etc/x.ts", "a/../../b.ts", "x.json", "x.ts\n", "C:\\x.ts", ""])(
    "refuses the file name %j",
    async (filename) => {
      const [issue] = await issuesOf(bundleWorkflow({ source: "export default 1", filename }));
      expect(issue?.message).toContain("cannot be a filename");
    },
  );

  test("survives a source that would overflow the compiler's stack, and its neighbours do not notice", async () => {
    const [deep, minus, neighbour] = await Promise.allSettled([
      bundleWorkflow({ source: `export default ${"(".repeat(100_000)}1` }),
      bundleWorkflow({ source: `export default ${"- ".repeat(100_000)}1` }),
      bundleWorkflow({ source: "export default () => 7" }),
    ]);
    expect([deep.status, minus.status, neighbour.status]).toEqual(["rejected", "rejected", "fulfilled"]);
  });

  test("keeps a program that only looks like a Zod import", async () => {
    const source = 'const text = "import { z } from \\"zod\\"";\nexport default () => text;';
    expect((load(await bundleWorkflow({ source, filename: "w.js" })).default as () => string)()).toBe(
      'import { z } from "zod"',
    );
  });
});
