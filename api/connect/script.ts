import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";

const SOURCE = fileURLToPath(new URL("./page.browser.ts", import.meta.url));

let built: Promise<string> | null = null;

/** The script of the connect page for browsers; made at the first request, then kept for the life of the process. */
export async function pageScript(): Promise<string> {
  built ??= readFile(SOURCE, "utf8")
    .then((source) => transform(source, { loader: "ts", target: "es2022" }))
    .then(({ code }) => code);
  return built;
}
