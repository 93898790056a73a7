import { build } from "esbuild";
import { expect, test } from "vitest";
import { bundleGuest } from "#runtime/host/guest-bundle.ts";
import { slimBundle } from "#runtime/host/slim-bundle.ts";

const FILES: Readonly<Record<string, string>> = {
  main: `
    import { shared, bump } from "late";
    import * as spaces from "space";
    export const start = () => {
      const old = require("old");
      const lazy = require("lazy");
      bump();
      return [old.name, old.self, lazy.twice(21), lazy.shared(), shared(), Object.keys(spaces), "list" in lazy, Object.keys(lazy)];
    };`,
  old: `exports.name = "old"; function self() { return this === undefined; } exports.self = self();`,
  lazy: `import { shared } from "late"; export { shared }; export const twice = (n) => n * 2; export default 1;`,
  late: `let count = 0; export const bump = () => { count += 1; }; export const shared = () => count;`,
  space: `export const inner = 1; export const $dollar = 2;`,
};

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: ["main"],
    bundle: true,
    write: false,
    format: "iife",
    globalName: "bundled",
    platform: "neutral",
    minifySyntax: true,
    minifyWhitespace: true,
    plugins: [
      {
        name: "files",
        setup(bundler) {
          bundler.onResolve({ filter: /.*/ }, ({ path }) => ({ path, namespace: "files" }));
          bundler.onLoad({ filter: /.*/ }, ({ path }) => ({ contents: FILES[path] ?? "" }));
        },
      },
    ],
  });
  return outputFiles[0]?.text ?? "";
}

function start(code: string): unknown {
  // oxlint-disable-next-line typescript/no-implied-eval -- a bundle is run to see that it means the same
  return (new Function(`"use strict";${code};return bundled.start()`) as () => unknown)();
}

test("a slim bundle means what the bundle meant", async () => {
  const code = await bundle();
  const slim = slimBundle(code);
  expect(slim).not.toBe(code);
  expect(start(slim)).toEqual(start(code));
  expect(start(slim)).toEqual([
    "old",
    true,
    42,
    1,
    1,
    ["$dollar", "inner"],
    false,
    ["default", "shared", "twice"],
  ]);
});

test("nothing of a module is named or listed when the prelude is evaluated", async () => {
  const prelude = await bundleGuest();
  // Counted, not matched: nobody wants to read a prelude in a message.
  const count = (pattern: RegExp): number => [...prelude.matchAll(pattern)].length;
  expect(count(/__(esm|commonJS)\(\([\w,]*\)=>\{\{/g)).toBeGreaterThan(20);
  expect(count(/__(esm|commonJS)\(\{"/g)).toBe(0);
  expect(count(/var list_\w+=/g)).toBeGreaterThan(2);
  expect(count(/;__export\(/g)).toBe(0);
});
