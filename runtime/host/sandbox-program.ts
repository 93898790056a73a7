import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const SANDBOX = fileURLToPath(new URL("../sandbox/", import.meta.url));
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const LOAD = path.join(SANDBOX, "load.cjs");
/** What has native parts stays in files. */
const EXTERNAL = ["isolated-vm", "koffi"];

/** What a sandbox process is started with. */
export interface SandboxProgram {
  /** Arguments of node. */
  readonly arguments: readonly string[];
  /** What it runs: it reads that from its standard input. */
  readonly text: string;
}

/**
 * The sandbox process's own code as one script, and how node is to run it. Bundled by the trusted side at its start:
 * a process that compiles one script starts in half the time of one that strips the types of many files, keeps no
 * compiler, and reads no file of the product.
 *
 * @param main - A file to run instead. Default: the sandbox's own.
 */
export async function buildSandboxProgram(main = path.join(SANDBOX, "main.ts")): Promise<SandboxProgram> {
  const text = await bundle(main);
  const flags = [
    "--permission",
    "--no-node-snapshot",
    // The process itself makes little that stays: with a larger nursery it would only hold more of what is gone.
    "--max-semi-space-size=4",
    "--allow-addons",
    ...readable().map((place) => `--allow-fs-read=${place}`),
    "--disable-warning=PERM0001",
    // What crypto.subtle uses on its way: keys that are not extractable as objects, and curves with 448 bits.
    "--disable-warning=DEP0204",
    "--disable-warning=ExperimentalWarning",
    LOAD,
  ];
  // Only Linux has the first stage; elsewhere there is no filter that it prepares.
  return { text, arguments: process.platform === "linux" ? [...(await firstStage()), ...flags] : flags };
}

/** Small enough for an argument; what it becomes by exec has arguments of its own. */
async function firstStage(): Promise<string[]> {
  const require = `require("node:module").createRequire(${JSON.stringify(LOAD)})`;
  const text = await bundle(path.join(SANDBOX, "launch.ts"));
  return ["--eval", `((require) => {${text}})(${require})`, "--"];
}

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: "node",
    format: "cjs",
    target: "esnext",
    external: EXTERNAL,
    minifySyntax: true,
    legalComments: "none",
    logLevel: "silent",
  });
  return outputFiles[0]?.text ?? "";
}

/** How it loads its program, and the packages with native parts; this too is dropped once they are loaded. */
function readable(): string[] {
  const require = createRequire(import.meta.url);
  const folder = (name: string, from: NodeJS.Require = require): string => {
    const found = from.resolve
      .paths(name)
      ?.map((root) => path.join(root, name))
      .find((place) => existsSync(place));
    return found ?? path.join(ROOT, "node_modules", name);
  };
  const isolatedVm = folder("isolated-vm");
  const koffi = folder("koffi");
  const native = `@koromix/koffi-${process.platform}-${process.arch}`;
  return [
    LOAD,
    isolatedVm,
    folder("node-gyp-build", createRequire(path.join(isolatedVm, "package.json"))),
    koffi,
    folder(native, createRequire(path.join(koffi, "package.json"))),
    "/etc/alpine-release",
  ];
}
