import { createRequire } from "node:module";
import type { OnResolveArgs, OnResolveResult, Plugin } from "esbuild";
import { BundleError } from "./errors.ts";
import { slimZod } from "./bundle-zod.ts";
import { unknownIssue } from "./bundle-issues.ts";

const FILENAME = /^(?!.*\.\.)[\w@.-]+(\/[\w@.-]+)*\.(m?ts|m?js)$/;
const ALLOWED = new Set(["zod", "zod/mini"]);
// Deeper than people write and shallower than what overflows the compiler's stack.
const DEEPEST = 1_000;

/**
 * The door for source text from somebody we do not know. Its file exists only in memory, and every import in
 * it is answered here: `tenon` and `zod` from our own copies, anything else with a refusal.
 */
export function sealedSource(source: string, filename: string): Plugin {
  if (!FILENAME.test(filename)) {
    throw new BundleError([
      unknownIssue(
        `"${filename}" cannot be a filename here: give a relative name that ends in .ts, .mts, .js or .mjs.`,
      ),
    ]);
  }
  return {
    name: "sealed-source",
    setup: (build) => {
      build.onResolve({ filter: /.*/ }, (args) => resolve(args, filename));
      build.onLoad({ filter: /.*/, namespace: "source" }, () => ({
        // The compiler would read the file that a `sourceMappingURL` comment names, even `file:///…`. The last one wins.
        contents: `${slimZod(source)}\n//# sourceMappingURL=data:application/json,{}`,
        loader: /\.m?ts$/.test(filename) ? "ts" : "js",
      }));
    },
  };
}

function resolve(args: OnResolveArgs, filename: string): OnResolveResult | undefined {
  if (args.kind === "entry-point") {
    return { path: filename, namespace: "source" };
  }
  if (args.namespace !== "source" || args.path === "tenon") {
    return undefined;
  }
  if (ALLOWED.has(args.path)) {
    return {
      path: createRequire(import.meta.url)
        .resolve(args.path)
        .replace(/\.cjs$/, ".js"),
    };
  }
  return {
    errors: [
      {
        text: `"${args.path}" cannot be imported here: source sent to the API may import only "tenon" and "zod". To use packages or several files, deploy with the CLI: npx tenon deploy <file>`,
      },
    ],
  };
}

/** Refuses what would overflow the compiler's stack: brackets and prefix operators without end. */
export function refuseNesting(source: string, filename: string): void {
  let depth = 0;
  let prefixes = 0;
  for (let index = 0; index < source.length; index++) {
    const character = source.charAt(index);
    depth += "([{".includes(character) ? 1 : ")]}".includes(character) ? -1 : 0;
    prefixes = "!~+-".includes(character) ? prefixes + 1 : character === " " ? prefixes : 0;
    if (depth > DEEPEST || prefixes > DEEPEST) {
      const before = source.slice(0, index).split("\n");
      const place = { file: filename, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
      throw new BundleError([
        { ...unknownIssue(`The source is nested more than ${String(DEEPEST)} levels deep.`), ...place },
      ]);
    }
  }
}
