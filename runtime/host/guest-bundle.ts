import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build, type BuildOptions, type Plugin, transform } from "esbuild";
import { slimBundle } from "./slim-bundle.ts";

const GUEST = fileURLToPath(new URL("../sandbox/guest/", import.meta.url));
const ENTRY = `${GUEST}main.guest.ts`;
const IDNA = `${GUEST}idna.guest.ts`;
/** Where tr46 is whatwg-url's own dependency. */
const WHATWG_URL = path.dirname(createRequire(IDNA).resolve("whatwg-url"));
/** The namespace of files that are evaluated when they are first required; they are no part of any package. */
const LATE = "late";
const FOUND = Symbol("found");
/** What some packages find instead of the isolate's globals; each line stands before a module's own first line. */
const SCOPES = [
  // They read SharedArrayBuffer's prototype when they are loaded; there is none in an isolate.
  [
    /[\\/](?:whatwg-url[\\/]lib[\\/]utils|webidl-conversions[\\/]lib[\\/]index)\.js$/,
    "const SharedArrayBuffer = class { get byteLength() { throw new TypeError(); } get growable() { throw new TypeError(); } };",
  ],
  // It asks for the engine's own TextDecoder, which here is what it is to provide.
  [
    /[\\/]@exodus[\\/]bytes[\\/]/,
    "const globalThis = { get TransformStream() { return TransformStream; } };",
  ],
] as const;

const OPTIONS = {
  entryPoints: [ENTRY],
  bundle: true,
  write: false,
  format: "iife",
  globalName: "__tenonPrelude",
  platform: "neutral",
  mainFields: ["main"],
  target: "esnext",
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: "none",
  logLevel: "silent",
  // Names are kept: what the author sees in an error or an inspected class is the web's name.
  minifyIdentifiers: false,
} as const satisfies BuildOptions;

/**
 * The prelude of every isolate as one script, whose value is its boot function. Bundled by the trusted side at
 * its start: the sandbox process has no bundler, and could not read the guest's sources after its lockdown.
 */
export async function bundleGuest(): Promise<string> {
  const early = await earlyFiles();
  const result = await build({ ...OPTIONS, plugins: [fitting(early)] });
  const code = slimBundle(result.outputFiles[0]?.text ?? "");
  return `(function(){"use strict";${code};return __tenonPrelude.boot})()`;
}

/** The files that each isolate evaluates at its start: what is only required is for later. */
async function earlyFiles(): Promise<ReadonlySet<string>> {
  const untilRequired: Plugin = {
    name: "until-required",
    setup(bundler) {
      bundler.onResolve({ filter: /./ }, ({ kind }) =>
        kind === "require-call" ? { external: true } : undefined,
      );
    },
  };
  const { metafile } = await build({
    ...OPTIONS,
    absWorkingDir: GUEST,
    metafile: true,
    plugins: [untilRequired],
  });
  return new Set(Object.keys(metafile.inputs).map((file) => path.resolve(GUEST, file)));
}

/** Makes packages fit for an isolate, and keeps what few runs need from costing all of them. */
function fitting(early: ReadonlySet<string>): Plugin {
  return {
    name: "fitting",
    setup(bundler) {
      bundler.onResolve({ filter: /./ }, async ({ path: name, importer, resolveDir, kind, pluginData }) => {
        if (pluginData === FOUND) {
          return undefined;
        }
        const standsIn = name === "tr46" && importer !== IDNA;
        const found = await bundler.resolve(standsIn ? IDNA : name, {
          kind,
          importer,
          resolveDir: name === "tr46" ? WHATWG_URL : resolveDir,
          pluginData: FOUND,
        });
        return early.has(found.path) ? found : { ...found, namespace: LATE };
      });
      bundler.onLoad({ filter: /./, namespace: LATE }, async ({ path: file }) => ({
        contents: file.endsWith(".json") ? await tableModule(file) : await lateModule(file),
        loader: "js",
        resolveDir: path.dirname(file),
      }));
    },
  };
}

/** A table as text until it is asked for. */
async function tableModule(file: string): Promise<string> {
  const table = JSON.stringify(JSON.parse(await readFile(file, "utf8")));
  return `module.exports = JSON.parse(${JSON.stringify(table)})`;
}

/**
 * A file as CommonJS, which esbuild makes one function of. The functions of a module in ESM would stand side by side
 * with those of all others, and each isolate would pay for each when it starts.
 */
async function lateModule(file: string): Promise<string> {
  const text = await readFile(file, "utf8");
  const scope = SCOPES.find(([filter]) => filter.test(file))?.[1] ?? "";
  const loader = file.endsWith(".ts") ? "ts" : "js";
  const { code } = await transform(scope + text, { format: "cjs", target: "esnext", loader });
  return code;
}
