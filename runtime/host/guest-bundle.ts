import { fileURLToPath } from "node:url";
import { build, stop } from "esbuild";

const ENTRY = fileURLToPath(new URL("../sandbox/guest/main.guest.ts", import.meta.url));

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
    target: "esnext",
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    logLevel: "silent",
    // Names are kept: what the author sees in an error or an inspected class is the web's name.
    minifyIdentifiers: false,
  });
  // A worker builds nothing else: the compiler's process need not stay.
  await stop();
  const code = result.outputFiles[0]?.text ?? "";
  return `(function(){"use strict";${code};return __tenonPrelude.boot})()`;
}
