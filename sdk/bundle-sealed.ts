import { createRequire } from "node:module";
import path from "node:path";
import type { OnResolveArgs, OnResolveResult, PartialMessage, Plugin } from "esbuild";
import { unknownIssue } from "./bundle-issues.ts";
import { slimZod } from "./bundle-zod.ts";
import { BundleError } from "./errors.ts";

const FILENAME = /^(?!.*\.\.)[\w@.-]+(\/[\w@.-]+)*\.(m?ts|m?js)$/;
const ALLOWED = new Set(["zod", "zod/mini"]);
// Deeper than people write and shallower than what overflows the compiler's stack.
const DEEPEST = 1_000;
// Before the bracket of an `import(…)` only space and comments may stand (ECMA-262 §13.3.10): `/*`, `//`, and in
// scripts `<!--` and `-->` (§B.1.1). A comment there is refused as well: to read over it would take a lexer, or
// time that grows with the square of the source. `x.import(…)` is a method, `...import(…)` is not.
const DYNAMIC =
  /(?<![\w$]|(?<!\.\.)\.)(?:import\s*(?:[(/<-]|\.\s*(?!meta\b))|require\s*\()(?:\s*(["'][^"'\n]*["'])\s*[),])?/;
const RESOLVER = createRequire(import.meta.url);
const ZOD = path.dirname(RESOLVER.resolve("zod/package.json"));

/** The compiler's options that close what it would resolve without asking a plugin. */
export const SEALED = {
  tsconfigRaw: "{}",
  // `require("./" + name)` would make the compiler list folders. Spelt with escapes it is still this name.
  define: { require: "undefined" },
} as const;

/**
 * The door for source text from somebody we do not know. Its file exists only in memory, and every import in
 * it is answered here: `tenon` and `zod` from our own copies, anything else with a refusal.
 *
 * @param originals - Filled with the author's text of what is handed to the compiler.
 */
export function sealedSource(source: string, filename: string, originals: Map<string, string>): Plugin {
  // The compiler would read the file that a `sourceMappingURL` comment names, even `file:///…`. The last one wins.
  const contents = `${slimZod(source)}\n//# sourceMappingURL=data:application/json,{}`;
  originals.set(contents, source);
  return {
    name: "sealed-source",
    setup: (build) => {
      build.onResolve({ filter: /.*/ }, (args) => resolve(args, filename));
      build.onLoad({ filter: /.*/, namespace: "source" }, () => ({
        contents,
        loader: /\.m?ts$/.test(filename) ? "ts" : "js",
      }));
      // Whatever way a path may have taken to get here: of this machine's files only Zod's own are read.
      build.onLoad({ filter: /.*/, namespace: "file" }, (args) =>
        args.path.startsWith(`${ZOD}${path.sep}`) ? undefined : { errors: [refusal("That file")] },
      );
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
    return { path: RESOLVER.resolve(args.path).replace(/\.cjs$/, ".js"), sideEffects: false };
  }
  return { errors: [refusal(args.path)] };
}

function refusal(specifier: string): PartialMessage {
  return {
    text: `"${specifier}" cannot be imported here: source sent to the API may import only "tenon" and "zod". To use packages or several files, deploy with the CLI: npx tenon deploy <file>`,
  };
}

/**
 * Refuses before the compiler sees it what the compiler must not see: a strange file name, brackets or prefix
 * operators without end (they overflow its stack), and `import(…)` and `require(…)`, for which it lists
 * folders without asking anybody. A static import does everything that is allowed here.
 */
export function refuseUnsafe(source: string, filename: string): void {
  if (!FILENAME.test(filename)) {
    throw new BundleError([
      unknownIssue(
        `"${filename}" cannot be a filename here: give a relative name that ends in .ts, .mts, .js or .mjs.`,
      ),
    ]);
  }
  refuseDynamic(source, filename);
  refuseNesting(source, filename);
}

function refuseDynamic(source: string, filename: string): void {
  const found = DYNAMIC.exec(source);
  if (found === null) {
    return;
  }
  const named = found[1] === undefined ? null : found[1].slice(1, -1);
  const message =
    named === null || ALLOWED.has(named) || named === "tenon"
      ? "Source sent to the API cannot use import(…) or require(…), not even in a comment: write import … from … at the top."
      : (refusal(named).text ?? "");
  throw issueAt(source, filename, found.index, message);
}

function refuseNesting(source: string, filename: string): void {
  let depth = 0;
  let prefixes = 0;
  for (let index = 0; index < source.length; index++) {
    const character = source.charAt(index);
    depth += "([{".includes(character) ? 1 : ")]}".includes(character) ? -1 : 0;
    prefixes = "!~+-".includes(character) ? prefixes + 1 : character === " " ? prefixes : 0;
    if (depth > DEEPEST || prefixes > DEEPEST) {
      throw issueAt(
        source,
        filename,
        index,
        `The source is nested more than ${String(DEEPEST)} levels deep.`,
      );
    }
  }
}

function issueAt(source: string, file: string, index: number, message: string): BundleError {
  const before = source.slice(0, index).split("\n");
  const lineText = source.split("\n")[before.length - 1] ?? "";
  const place = { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  return new BundleError([{ ...unknownIssue(message), ...place, lineText: lineText.slice(0, 500) }]);
}
