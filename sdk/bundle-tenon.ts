import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Plugin } from "esbuild";

// Beside this file: TypeScript in a checkout, JavaScript where the package is installed.
const INDEX = `index${path.extname(import.meta.filename)}`;

/** `import … from "tenon"` in a workflow means this very version of the SDK, wherever the project keeps its own. */
export const tenonImport: Plugin = {
  name: "tenon",
  setup: (build) => {
    build.onResolve({ filter: /^tenon$/ }, () => ({ path: INDEX, namespace: "tenon", sideEffects: false }));
    // What the SDK's own index is made of; nothing else is in this namespace.
    build.onResolve({ filter: /^\.\//, namespace: "tenon" }, (args) => ({
      path: path.posix.join(path.posix.dirname(args.importer), args.path),
      namespace: "tenon",
      sideEffects: false,
    }));
    build.onLoad({ filter: /.*/, namespace: "tenon" }, async (args) => ({
      contents: await readFile(path.join(import.meta.dirname, args.path), "utf8"),
      loader: INDEX.endsWith(".ts") ? "ts" : "js",
    }));
  },
};
