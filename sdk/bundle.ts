import { existsSync } from "node:fs";
import path from "node:path";
import * as esbuild from "esbuild";
import { issuesOf, unknownIssue } from "./bundle-issues.ts";
import { SEALED, refuseUnsafe, sealedSource } from "./bundle-sealed.ts";
import { namesNodeGlobals, NODE_GLOBALS_MARKED, nodeImports, WITH_NODE_GLOBALS } from "./bundle-node.ts";
import { normalizeSources } from "./bundle-source-map.ts";
import { tenonImport } from "./bundle-tenon.ts";
import { zodImport } from "./bundle-zod.ts";
import { BundleError } from "./errors.ts";
import type { BundleIssue } from "./errors.ts";

/** A workflow as the sandbox loads it: one script that leaves its exports in `__tenonWorkflow`. */
export interface WorkflowBundle {
  readonly code: string;
  /** Source map (version 3) as JSON text: sources relative to the project, with their content. */
  readonly sourceMap: string;
  readonly warnings: readonly BundleIssue[];
}

/** A file of a project on this machine, with its npm dependencies. For trusted code only: it may import any file. */
export interface EntryToBundle {
  /** Path of the workflow's file. */
  readonly entry: string;
  /** What paths in errors and source maps are relative to. Default: the nearest folder above with a package.json. */
  readonly root?: string;
}

/**
 * The text of one file from an untrusted author. Nothing is read from this machine for it but Tenon's own
 * copies of `tenon` and `zod`, the only modules that it may import.
 */
export interface SourceToBundle {
  readonly source: string;
  /** Relative name for errors and source maps, ending in .ts, .mts, .js or .mjs. Default `workflow.ts`. */
  readonly filename?: string;
}

/** What a watcher is told after every build. */
export type WatchResult = { readonly bundle: WorkflowBundle } | { readonly error: BundleError };

/**
 * Bundles a workflow into one script.
 *
 * A project's workflow may import npm packages and those of Node's modules that need no machine (buffer, crypto's
 * hashes, events, path, stream, url, util, zlib, …), with and without `node:`. Others (fs, net, http, …) and
 * packages that are nothing without them are refused where the author imports them; a package that only could use
 * one gets a module whose use throws `TENON_NOT_AVAILABLE`.
 *
 * @param what - A file of a project (`entry`), or the text of a single untrusted file (`source`).
 * @returns The code, its source map, and what the compiler warns of.
 * @throws {@link BundleError} with the places in the author's files.
 *
 * @example
 * ```ts
 * const { code, sourceMap } = await bundleWorkflow({ entry: "src/workflows/hello.ts" });
 * const single = await bundleWorkflow({ source: "export default (ctx) => ctx.input", filename: "echo.js" });
 * ```
 */
export async function bundleWorkflow(what: EntryToBundle | SourceToBundle): Promise<WorkflowBundle> {
  return "source" in what ? bundleSource(what) : bundleProject(what);
}

/**
 * Bundles a project's workflow now and after every change of a file that it is made of, until closed.
 *
 * @param what - The workflow's file.
 * @param onResult - Called after each build, good or bad. Never twice at once.
 * @returns A handle that stops watching.
 */
export async function watchWorkflow(
  what: EntryToBundle,
  onResult: (result: WatchResult) => void,
): Promise<{ close(): Promise<void> }> {
  const { options, originals } = projectBuild(what);
  const report: esbuild.Plugin = {
    name: "report",
    setup: (build) => {
      build.onEnd((result) => {
        const issues = issuesOf(result.errors);
        onResult(
          issues.length > 0 ? { error: new BundleError(issues) } : { bundle: bundleOf(result, originals) },
        );
      });
    },
  };
  const context = await esbuild.context({
    ...options,
    ...WITH_NODE_GLOBALS,
    plugins: [...(options.plugins ?? []), report],
  });
  await context.watch();
  return { close: () => context.dispose() };
}

/** The folder that a workflow's paths are relative to: the nearest one above with a package.json, else the file's own. */
function projectRoot(entry: string): string {
  const own = path.dirname(path.resolve(entry));
  for (let folder = own; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, "package.json"))) {
      return folder;
    }
    if (folder === path.dirname(folder)) {
      return own;
    }
  }
}

// Shared by every build: the shape of the script that the sandbox loads.
const SCRIPT = {
  bundle: true,
  write: false,
  format: "iife",
  globalName: "__tenonWorkflow",
  // The isolate is a web platform: with `browser` npm packages choose their builds without Node's modules.
  platform: "browser",
  conditions: ["tenon", "workerd", "worker", "browser"],
  target: "esnext",
  // `import(x)` of what is unknown at build time becomes a clear error instead of a call the isolate does not have.
  supported: { "dynamic-import": false },
  define: {
    "process.env.NODE_ENV": '"production"',
    global: "globalThis",
    __dirname: '"/"',
    __filename: '"/workflow.js"',
  },
  // Whitespace and syntax only: names stay, so that a stack trace still reads without its map.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: "none",
  sourcemap: "external",
  sourcesContent: true,
  logLevel: "silent",
  charset: "utf8",
} as const satisfies esbuild.BuildOptions;

/** Options of one build, and the author's own text of what the build hands to the compiler changed. */
interface Build {
  readonly options: esbuild.BuildOptions;
  readonly originals: Map<string, string>;
}

function projectBuild(what: EntryToBundle): Build {
  const entry = path.resolve(what.entry);
  const root = path.resolve(what.root ?? projectRoot(entry));
  if (!existsSync(entry)) {
    throw new BundleError([
      unknownIssue(`There is no file ${path.relative(process.cwd(), entry) || entry}.`),
    ]);
  }
  const originals = new Map<string, string>();
  const options: esbuild.BuildOptions = {
    ...SCRIPT,
    entryPoints: [entry],
    absWorkingDir: root,
    // Never written: it makes the sources of the map relative to the project.
    outfile: path.join(root, "workflow.js"),
    plugins: [tenonImport, nodeImports(), zodImport(originals)],
  };
  return { options, originals };
}

async function bundleProject(what: EntryToBundle): Promise<WorkflowBundle> {
  const { options, originals } = projectBuild(what);
  const marked = { ...options, define: { ...options.define, ...NODE_GLOBALS_MARKED } };
  const bundle = await run({ options: marked, originals });
  return namesNodeGlobals(bundle.code)
    ? run({ options: { ...options, ...WITH_NODE_GLOBALS }, originals })
    : bundle;
}

/** How long the compiler's process is kept for the next untrusted source, in milliseconds. */
const COMPILER_REST_MS = 10_000;

// Untrusted sources are built one after the other: one that brings the compiler down takes no neighbour with it.
let lastSealed: Promise<unknown> = Promise.resolve();

async function bundleSource(what: SourceToBundle): Promise<WorkflowBundle> {
  const { source, filename = "workflow.ts" } = what;
  refuseUnsafe(source, filename);
  const originals = new Map<string, string>();
  const options: esbuild.BuildOptions = {
    ...SCRIPT,
    ...SEALED,
    define: { ...SCRIPT.define, ...SEALED.define },
    entryPoints: ["entry"],
    absWorkingDir: import.meta.dirname,
    outfile: path.join(import.meta.dirname, "workflow.js"),
    plugins: [sealedSource(source, filename, originals), tenonImport],
  };
  const built = lastSealed.then(() => run({ options, originals }));
  const settled = built.then(
    () => undefined,
    () => undefined,
  );
  lastSealed = settled;
  setTimeout(() => {
    if (lastSealed === settled) {
      // Nobody built anything for a while: the compiler's process gives its memory back.
      lastSealed = settled.then(() => esbuild.stop());
    }
  }, COMPILER_REST_MS).unref();
  return built;
}

async function run({ options, originals }: Build): Promise<WorkflowBundle> {
  try {
    return bundleOf(await esbuild.build(options), originals);
  } catch (error) {
    if (error instanceof Error && "errors" in error && Array.isArray(error.errors)) {
      throw new BundleError(issuesOf(error.errors as esbuild.Message[]));
    }
    // The compiler's process died of this source. Without this call it would refuse all builds after it.
    await esbuild.stop();
    throw new BundleError([unknownIssue("The compiler cannot handle this source: it is nested too deeply.")]);
  }
}

function bundleOf(result: esbuild.BuildResult, originals: ReadonlyMap<string, string>): WorkflowBundle {
  const text = (suffix: string): string =>
    result.outputFiles?.find((file) => file.path.endsWith(suffix))?.text ?? "";
  return {
    code: text(".js"),
    sourceMap: normalizeSources(text(".js.map"), originals),
    warnings: issuesOf(result.warnings),
  };
}
