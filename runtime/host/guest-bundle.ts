import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { build, type Plugin, stop } from "esbuild";
import { slimBundle } from "./slim-bundle.ts";

const GUEST = fileURLToPath(new URL("../sandbox/guest/", import.meta.url));
const ENTRY = `${GUEST}main.guest.ts`;
const IDNA = `${GUEST}idna.guest.ts`;
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

/**
 * The prelude of every isolate as one script, whose value is its boot function. Bundled by the trusted side at
 * its start: the sandbox process has no bundler, and could not read the guest's sources after its lockdown.
 */
export async function bundleGuest(): Promise<string> {
  const result = await build({
    entryPoints: [ENTRY],
    bundle: true,
    write: false,
    format: "iife",
    globalName: "__tenonPrelude",
    platform: "neutral",
    mainFields: ["main"],
    target: "esnext",
    plugins: [seldom],
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    logLevel: "silent",
    // Names are kept: what the author sees in an error or an inspected class is the web's name.
    minifyIdentifiers: false,
  });
  // A worker builds nothing else: the compiler's process need not stay.
  await stop();
  const code = slimBundle(result.outputFiles[0]?.text ?? "");
  return `(function(){"use strict";${code};return __tenonPrelude.boot})()`;
}

/** Makes packages fit for an isolate, and keeps what few runs need from costing all: tables are text until then. */
const seldom: Plugin = {
  name: "seldom",
  setup(bundler) {
    for (const [filter, scope] of SCOPES) {
      bundler.onLoad({ filter }, async ({ path }) => {
        const text = await readFile(path, "utf8");
        return path.endsWith(".js") ? { contents: `${scope}${text}`, loader: "js" } : undefined;
      });
    }
    bundler.onResolve({ filter: /^tr46$/ }, ({ importer }) => ({
      path:
        importer === IDNA ? createRequire(createRequire(IDNA).resolve("whatwg-url")).resolve("tr46") : IDNA,
    }));
    bundler.onLoad({ filter: /\.json$/ }, async ({ path }) => {
      const table = JSON.stringify(JSON.parse(await readFile(path, "utf8")));
      return { contents: `module.exports = JSON.parse(${JSON.stringify(table)})`, loader: "js" };
    });
  },
};
