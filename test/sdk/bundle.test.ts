import path from "node:path";
import { TraceMap, originalPositionFor } from "@jridgewell/trace-mapping";
import { describe, expect, test } from "vitest";
import { bundleWorkflow, watchWorkflow } from "#sdk/bundle.ts";
import type { WatchResult, WorkflowBundle } from "#sdk/bundle.ts";
import { CHECKOUT, issuesOf, load, project, sourcesOf } from "./bundled.ts";

/** Where the author's file says that the text of the bundle is. */
function placeIn(
  bundle: WorkflowBundle,
  text: string,
): { file: string | null; line: number | null; column: number | null } {
  const before = bundle.code.slice(0, bundle.code.indexOf(text)).split("\n");
  const found = originalPositionFor(new TraceMap(bundle.sourceMap), {
    line: before.length,
    column: before.at(-1)?.length ?? 0,
  });
  return { file: found.source, line: found.line, column: found.column === null ? null : found.column + 1 };
}

describe("a project's workflow", () => {
  test("is one script with its npm dependencies and its own files", async () => {
    const { folder } = project({
      "src/workflows/total.ts": `import { defineWorkflow } from "tenon";
import { add } from "sums";
import { label } from "../label.ts";
export default defineWorkflow({ slug: "total" }, () => label(add(1, 2)));`,
      "src/label.ts": "export const label = (n: number): string => `total ${n}`;",
      "node_modules/sums/package.json":
        '{"name":"sums","type":"module","exports":{"workerd":"./web.js","node":"./node.js"}}',
      "node_modules/sums/web.js": "export const add = (a, b) => a + b;",
      "node_modules/sums/node.js": 'import "node:fs"; export const add = () => NaN;',
    });
    const bundle = await bundleWorkflow({ entry: path.join(folder, "src/workflows/total.ts") });
    const found = load(bundle).default as Record<symbol | string, unknown>;
    expect(found[Symbol.for("tenon.workflow")]).toBe(1);
    expect(found.options).toEqual({ slug: "total" });
    expect((found.handler as () => unknown)()).toBe("total 3");
    expect(bundle.warnings).toEqual([]);
    expect(sourcesOf(bundle)).toEqual(
      expect.arrayContaining([
        "src/workflows/total.ts",
        "src/label.ts",
        "node_modules/sums/web.js",
        "node_modules/tenon/index.ts",
      ]),
    );
  });

  test("keeps CommonJS packages and a require that is allowed to fail", async () => {
    const { folder } = project({
      "flow.js": 'const answer = require("old"); export default () => answer;',
      "node_modules/old/index.js":
        'let fs = null; try { fs = require("fs"); } catch {} module.exports = fs === null ? 42 : 0;',
    });
    const bundle = await bundleWorkflow({ entry: path.join(folder, "flow.js") });
    expect((load(bundle).default as () => unknown)()).toBe(42);
  });

  test("names no folder of this machine in code or map, wherever its files are", async () => {
    const outside = project({ "shared/money.ts": "export const cents = (n: number) => n * 100;" });
    const { folder } = project({
      "flow.ts": `import { cents } from ${JSON.stringify(path.join(outside.folder, "shared/money.ts"))};
import old from "old";
export default () => cents(old);`,
      "node_modules/old/index.js": "module.exports = 7;",
    });
    const { code, sourceMap } = await bundleWorkflow({ entry: path.join(folder, "flow.ts") });
    const { sources } = JSON.parse(sourceMap) as { sources: string[] };
    expect(sources).toContain("shared/money.ts");
    for (const text of [code, sources.join("\n")]) {
      expect(text).not.toContain(folder);
      expect(text).not.toContain(outside.folder);
      expect(text).not.toContain(CHECKOUT);
      expect(text).not.toContain("../");
    }
  });

  test("is the same on every machine: the same content has the same hash", async () => {
    const files = { "src/flow.ts": 'import { z } from "zod"; export default () => z.string().parse("x");' };
    const [one, other] = [project(files), project(files)];
    for (const { write } of [one, other]) {
      write("node_modules/zod/index.js", "export * as z from './schema.js';");
      write("node_modules/zod/schema.js", "export const string = () => ({ parse: (x) => x });");
      write(
        "node_modules/zod/package.json",
        '{"name":"zod","type":"module","main":"index.js","sideEffects":false}',
      );
    }
    const bundles = await Promise.all(
      [one, other].map(({ folder }) => bundleWorkflow({ entry: path.join(folder, "src/flow.ts") })),
    );
    expect(bundles[0]).toEqual(bundles[1]);
  });

  test("maps every position to the author's line and column", async () => {
    const { folder } = project({
      "src/flow.ts": `import { z } from "zod";
import { check } from "./check.ts";

export default function flow(name: string): string {
  return check(name);
}
`,
      "src/check.ts": `export function check(name: string): string {
  const greeting = "é🎉"; if (name === "bad") throw new RangeError(greeting);
  return name;
}
`,
    });
    const bundle = await bundleWorkflow({ entry: path.join(folder, "src/flow.ts") });
    const place = placeIn(bundle, "new RangeError");
    expect(place).toEqual({ file: "src/check.ts", line: 2, column: 53 });
    expect(JSON.parse(bundle.sourceMap)).toMatchObject({
      sourcesContent: [expect.stringContaining('import { z } from "zod"'), expect.stringContaining("é🎉")],
    });
  });

  test("carries only the parts of Zod that it uses, whichever way it is imported", async () => {
    const write = (line: string): string => `${line}\nexport default () => z.object({ a: z.string() });`;
    const [named, namespace] = await Promise.all(
      ['import { z } from "zod";', 'import * as z from "zod";'].map((line) =>
        bundleWorkflow({ source: write(line) }),
      ),
    );
    expect(named?.code.length).toBeLessThan(200_000);
    expect(named?.code.length).toBe(namespace?.code.length);
    expect(JSON.parse(named?.sourceMap ?? "")).toMatchObject({
      sourcesContent: expect.arrayContaining([write('import { z } from "zod";')]) as unknown,
    });
  });

  test("says file, line, column and help for what does not build", async () => {
    const { folder } = project({
      "flow.ts":
        'import fs from "node:fs";\nimport left from "left-pad";\nexport default () => fs.readFileSync(left);\n',
      "broken.ts": 'export default () => {\n\tconst é🎉 = "x" return 1;\n};\n',
      "waits.ts": "export default await Promise.resolve(() => 1);\n",
    });
    const missing = await issuesOf(bundleWorkflow({ entry: path.join(folder, "flow.ts") }));
    expect(missing[0]).toMatchObject({
      file: "flow.ts",
      line: 1,
      column: 16,
      length: 9,
      message: expect.stringContaining("does not exist in a workflow") as string,
    });
    expect(missing[1]).toMatchObject({
      line: 2,
      message: 'Cannot find "left-pad". Is it installed? npm install left-pad',
    });
    const [broken] = await issuesOf(bundleWorkflow({ entry: path.join(folder, "broken.ts") }));
    expect(broken).toMatchObject({ file: "broken.ts", line: 2 });
    const [waits] = await issuesOf(bundleWorkflow({ entry: path.join(folder, "waits.ts") }));
    expect(waits?.message).toContain("Await inside the handler");
    expect((await issuesOf(bundleWorkflow({ entry: path.join(folder, "absent.ts") })))[0]?.message).toContain(
      "There is no file",
    );
  });

  test("is told where it asks for its own file, and what to do instead", async () => {
    const { folder } = project({
      "flow.ts": 'const name = "data";\nexport default () => new URL(`./${name}.json`, import.meta.url);',
    });
    const { warnings } = await bundleWorkflow({ entry: path.join(folder, "flow.ts") });
    expect(warnings).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(
          /^import\.meta is empty in a workflow.*Import what you would read/,
        ) as string,
        file: "flow.ts",
        line: 2,
        column: 48,
        notes: [],
      }),
    ]);
  });

  test("is built again after a change, and after an error", async () => {
    const { folder, write } = project({ "flow.ts": "export default () => 1;" });
    const results: WatchResult[] = [];
    let told = (): void => undefined;
    const watcher = await watchWorkflow({ entry: path.join(folder, "flow.ts") }, (result) => {
      results.push(result);
      told();
    });
    const next = (count: number): Promise<void> =>
      new Promise((resolve) => {
        told = () => void (results.length >= count && resolve());
        told();
      });
    await next(1);
    write("flow.ts", "export default () => ;");
    await next(2);
    write("flow.ts", "export default () => 3;");
    await next(3);
    await watcher.close();
    expect(results.map((result) => ("error" in result ? result.error.issues[0]?.file : "built"))).toEqual([
      "built",
      "flow.ts",
      "built",
    ]);
  });
});

test("an import that is unknown when it is built is an error when it runs", async () => {
  const { folder } = project({ "flow.ts": "export default (x: string) => import(x);" });
  const bundle = await bundleWorkflow({ entry: path.join(folder, "flow.ts") });
  expect(bundle.code).not.toMatch(/\bimport\s*\(/);
  await expect((load(bundle).default as (x: string) => Promise<unknown>)("node:fs")).rejects.toThrow(
    'Dynamic require of "node:fs"',
  );
});
