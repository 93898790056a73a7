import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import type { OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from "esbuild";
import { BASES, KNOWN, OFFERED, PACKAGES, REFUSED } from "./node-modules.ts";

const EXTENSION = path.extname(import.meta.filename);
const NAMES = [...Object.keys(OFFERED), ...Object.keys(REFUSED)].join("|");
const BUILTIN = new RegExp(`^(?:node:)?(${NAMES})$`);
const PACKAGE = new RegExp(`^(${Object.keys(PACKAGES).join("|")})(?:/|$)`);
/** Marks a question of our own to the compiler. */
const ASKED = { asked: true };
const RESOLVER = createRequire(import.meta.url);

const GLOBALS = 'export{Buffer}from"node:buffer";export{default as process}from"node:process";';

/** Options with which a file may name Node's globals without importing them, as in Node. */
export const WITH_NODE_GLOBALS = { inject: ["tenon:node-globals"] };

/** Names that show in the code whether anything names those globals: few workflows do, and only they carry them. */
export const NODE_GLOBALS_MARKED = { Buffer: "__tenonBuffer", process: "__tenonProcess" } as const;

/** Whether code that was built with {@link NODE_GLOBALS_MARKED} has to be built {@link WITH_NODE_GLOBALS}. */
export function namesNodeGlobals(code: string): boolean {
  return Object.values(NODE_GLOBALS_MARKED).some((mark) => code.includes(mark));
}

/**
 * `node:` modules in a project's workflow: those that need nothing but the language are answered with copies for
 * the web; those that need a machine are refused where the author imports them. A package that imports one may
 * have it for a way that it never takes: it gets a module whose every use says what is missing.
 */
export function nodeImports(): Plugin {
  return {
    name: "node",
    setup: (build) => {
      build.onResolve({ filter: /^tenon:node-globals$/ }, () => ({
        path: "globals",
        namespace: "node-globals",
        sideEffects: false,
      }));
      build.onLoad({ filter: /.*/, namespace: "node-globals" }, () => ({ contents: GLOBALS }));
      build.onResolve({ filter: BUILTIN }, async (args) => resolveBuiltin(build, args));
      build.onResolve({ filter: /.*/, namespace: "node" }, async (args) => resolveOwn(build, args));
      build.onResolve({ filter: /^(@noble\/hashes|fflate)/, namespace: "tenon" }, async (args) =>
        resolveOwn(build, args),
      );
      build.onResolve({ filter: PACKAGE }, refusePackage);
      build.onLoad({ filter: /.*/, namespace: "node" }, ({ path: name }) => ({
        contents: OFFERED[name] ?? "module.exports={}",
        resolveDir: import.meta.dirname,
      }));
      build.onLoad({ filter: /.*/, namespace: "node-refused" }, ({ path: name, suffix }) => ({
        contents: refusedModule(name, suffix === "?later"),
        resolveDir: import.meta.dirname,
      }));
      build.onResolve({ filter: /.*/, namespace: "node-refused" }, async (args) => resolveOwn(build, args));
    },
  };
}

/** What one of our modules imports: another of ours, or a package that Tenon brings. */
async function resolveOwn(build: PluginBuild, args: OnResolveArgs): Promise<OnResolveResult> {
  if (args.path.startsWith("./")) {
    return { path: `node/${args.path.slice(2)}${EXTENSION}`, namespace: "tenon", sideEffects: false };
  }
  return inside(build, args.path, args.path.endsWith("/") ? besideStreams() : import.meta.dirname);
}

/** Where the packages are that readable-stream brings, and that Tenon does not import itself. */
function besideStreams(): string {
  return path.dirname(RESOLVER.resolve("readable-stream/package.json"));
}

async function inside(build: PluginBuild, specifier: string, resolveDir: string): Promise<OnResolveResult> {
  const {
    path: file,
    namespace,
    errors,
  } = await build.resolve(specifier, {
    resolveDir,
    kind: "require-call",
    pluginData: ASKED,
  });
  return { path: file, namespace, errors, sideEffects: false };
}

async function resolveBuiltin(build: PluginBuild, args: OnResolveArgs): Promise<OnResolveResult | undefined> {
  const name = BUILTIN.exec(args.path)?.[1] ?? "";
  if (args.pluginData === ASKED) {
    return undefined;
  }
  const base = BASES[name];
  if (base !== undefined && args.namespace === "tenon" && args.importer === `node/${name}${EXTENSION}`) {
    return resolveOwn(build, { ...args, path: base });
  }
  const isPackage = args.namespace !== "file" || isInstalled(args.importer);
  const mapped = isPackage && args.namespace === "file" ? await mappedByPackage(build, args, name) : null;
  if (mapped !== null) {
    return mapped;
  }
  if (Object.hasOwn(OFFERED, name)) {
    return { path: name, namespace: "node", sideEffects: false };
  }
  const why = REFUSED[name] ?? "";
  if (!isPackage) {
    return { errors: [{ text: `"${args.path}" does not exist in a workflow: ${why}` }] };
  }
  if (args.kind === "dynamic-import") {
    return { path: name, namespace: "node-refused", suffix: "?later" };
  }
  if (args.kind === "require-call" && (await mayFail(build, args))) {
    return undefined;
  }
  return { path: name, namespace: "node-refused", sideEffects: false };
}

const isInstalled = (file: string): boolean => /[\\/]node_modules[\\/]/.test(file);

/** What the `browser` field of the importing package says: another file, or that nothing is there. */
async function mappedByPackage(
  build: PluginBuild,
  args: OnResolveArgs,
  name: string,
): Promise<OnResolveResult | null> {
  const { importer, kind, resolveDir, namespace } = args;
  const found = await build.resolve(args.path, { importer, kind, resolveDir, namespace, pluginData: ASKED });
  // An installed package of the same name is not what Node would import.
  const isNamesake = found.path.includes(
    `${path.sep}node_modules${path.sep}${name.split("/")[0] ?? ""}${path.sep}`,
  );
  if (found.errors.length > 0 || isNamesake) {
    return null;
  }
  return path.isAbsolute(found.path)
    ? { path: found.path, namespace: found.namespace }
    : { path: "nothing", namespace: "node" };
}

/** Whether a package asks for a module in `try`, so that its absence is an answer. Only the compiler knows. */
async function mayFail(build: PluginBuild, { importer, path: wanted }: OnResolveArgs): Promise<boolean> {
  const contents = await readFile(importer, "utf8");
  return build.esbuild
    .build({
      stdin: { contents, loader: importer.endsWith("ts") ? "ts" : "jsx" },
      bundle: true,
      write: false,
      platform: "browser",
      logLevel: "silent",
      tsconfigRaw: "{}",
      plugins: [
        {
          name: "only-this",
          setup: (inner) => {
            inner.onResolve({ filter: /.*/ }, (args) =>
              args.path === wanted && args.kind === "require-call"
                ? undefined
                : { path: args.path, external: true },
            );
          },
        },
      ],
    })
    .then(
      () => true,
      () => false,
    );
}

/** A module that packages may hold, and that throws where it is used; or, asked for late, that does not load. */
function refusedModule(name: string, isLate: boolean): string {
  const made = `require("./not-available").unavailable(${JSON.stringify(name)},${JSON.stringify(REFUSED[name] ?? "")},${KNOWN[name] ?? "{}"})`;
  return isLate ? `${made}()` : `module.exports=${made}`;
}

function refusePackage(args: OnResolveArgs): OnResolveResult | undefined {
  const name = PACKAGE.exec(args.path)?.[1] ?? "";
  if (args.namespace !== "file" || isInstalled(args.importer)) {
    return undefined;
  }
  return { errors: [{ text: `The package "${name}" cannot work in a workflow: ${PACKAGES[name] ?? ""}` }] };
}
