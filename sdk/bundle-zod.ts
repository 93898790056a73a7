import { readFile } from "node:fs/promises";
import type { Loader, Plugin } from "esbuild";

const NAMED = /^import[ \t]*\{[ \t]*z[ \t]*,?[ \t]*\}[ \t]*from[ \t]*(["'])zod\1/gm;
const NAMESPACE = 'import*as z from"zod"';

/**
 * `import { z } from "zod"` with the meaning of `import * as z from "zod"`, in the same number of characters.
 * The compiler drops the unused parts of Zod only for the second form: 130 KB instead of 490 KB that every
 * fresh isolate has to compile, 12 ms instead of 32 ms.
 */
export function slimZod(source: string): string {
  return source.replace(NAMED, (found) =>
    found.length < NAMESPACE.length ? found : NAMESPACE.padEnd(found.length),
  );
}

/**
 * Applies {@link slimZod} to the project's own files.
 *
 * @param originals - Filled with the author's text of every file that was changed.
 */
export function zodImport(originals: Map<string, string>): Plugin {
  return {
    name: "zod",
    setup: (build) => {
      build.onLoad({ filter: /\.m?[jt]sx?$/, namespace: "file" }, async (args) => {
        if (/[\\/]node_modules[\\/]/.test(args.path)) {
          return undefined;
        }
        const source = await readFile(args.path, "utf8");
        const contents = slimZod(source);
        if (contents === source) {
          return undefined;
        }
        originals.set(contents, source);
        return { contents, loader: loaderOf(args.path) };
      });
    },
  };
}

function loaderOf(file: string): Loader {
  const extension = /\.m?([jt]sx?)$/.exec(file)?.[1];
  return extension === "ts" || extension === "tsx" || extension === "jsx" ? extension : "js";
}
