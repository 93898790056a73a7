import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { CliError } from "./exit.ts";
import { packageRoot } from "./package.ts";

const run = promisify(execFile);

/**
 * Packs this very Tenon for authors (SDK and CLI, without the server) as an npm archive, so that a project
 * has the version it was made with and needs no registry for it.
 *
 * @param folder - Where the archive goes.
 * @returns The archive's file name.
 */
export async function packSdk(folder: string): Promise<string> {
  const root = packageRoot();
  if (!existsSync(path.join(root, "sdk", "cli", "main.ts"))) {
    return pack(root, folder);
  }
  const built = await mkdtemp(path.join(tmpdir(), "tenon-package-"));
  try {
    // Only a checkout has the sources, and only there this module exists.
    const { buildPackage } = await import("./build-package.ts");
    await buildPackage(root, built);
    return await pack(built, folder);
  } finally {
    await rm(built, { recursive: true, force: true });
  }
}

async function pack(source: string, folder: string): Promise<string> {
  const { stdout } = await run(
    "npm",
    ["pack", source, "--pack-destination", folder, "--ignore-scripts", "--json", "--loglevel=error"],
    // npm is a script on Windows.
    { shell: process.platform === "win32", maxBuffer: 16 * 1024 * 1024 },
  ).catch((error: unknown) => {
    throw new CliError("npm could not pack the SDK.", {
      hint:
        error instanceof Error
          ? (error.message.split("\n").find((line) => line.includes("npm")) ?? "Is npm installed?")
          : "Is npm installed?",
    });
  });
  const packed = JSON.parse(stdout) as
    readonly { readonly filename: string }[] | Readonly<Record<string, { readonly filename: string }>>;
  const [archive] = Object.values(packed);
  if (archive === undefined) {
    throw new CliError("npm packed nothing.");
  }
  return archive.filename;
}
