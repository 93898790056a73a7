import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

/** The folder of Tenon's own package.json: the checkout, or where the package is installed. */
export function packageRoot(): string {
  for (let folder = import.meta.dirname; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, "package.json")) || folder === path.dirname(folder)) {
      return folder;
    }
  }
}

/** The version of this package. */
export function packageVersion(): string {
  const text = readFileSync(path.join(packageRoot(), "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
