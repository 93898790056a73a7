import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const SANDBOX = fileURLToPath(new URL("../sandbox/", import.meta.url));
const PACKAGE = fileURLToPath(new URL("../../package.json", import.meta.url));

/** The arguments of node for a sandbox process that runs `main` (a file of `runtime/sandbox`). */
export function sandboxArguments(
  main = "main.ts",
  options: { readonly extraRead?: readonly string[] } = {},
): string[] {
  const flags = [
    "--permission",
    "--no-node-snapshot",
    "--allow-addons",
    ...[...readable(), ...(options.extraRead ?? [])].map((place) => `--allow-fs-read=${place}`),
    "--disable-warning=PERM0001",
    // What crypto.subtle uses on its way: keys that are not extractable as objects, and curves with 448 bits.
    "--disable-warning=DEP0204",
    "--disable-warning=ExperimentalWarning",
    path.resolve(SANDBOX, main),
  ];
  // Only Linux has the first stage; elsewhere there is no filter that it prepares.
  return process.platform === "linux" ? [path.join(SANDBOX, "launch.ts"), ...flags] : flags;
}

/** Its own code, and nothing else; this too is dropped once it is loaded. */
function readable(): string[] {
  const require = createRequire(import.meta.url);
  const folder = (name: string, from: NodeJS.Require = require): string => {
    const found = from.resolve
      .paths(name)
      ?.map((root) => path.join(root, name))
      .find((place) => existsSync(place));
    return found === undefined ? path.join(path.dirname(PACKAGE), "node_modules", name) : found;
  };
  const isolatedVm = folder("isolated-vm");
  const koffi = folder("koffi");
  const native = `@koromix/koffi-${process.platform}-${process.arch}`;
  return [
    SANDBOX,
    PACKAGE,
    isolatedVm,
    folder("node-gyp-build", createRequire(path.join(isolatedVm, "package.json"))),
    koffi,
    folder(native, createRequire(path.join(koffi, "package.json"))),
    folder("zod"),
    "/etc/alpine-release",
  ];
}
