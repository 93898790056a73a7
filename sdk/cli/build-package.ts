import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import * as esbuild from "esbuild";
import { CliError } from "./exit.ts";

const run = promisify(execFile);
/** What the SDK and the CLI import; the server's packages stay with the server. */
const NEEDED = [
  "@noble/hashes",
  "commander",
  "esbuild",
  "eventsource-parser",
  "fflate",
  "readable-stream",
  "unenv",
  "yaml",
  "zod",
] as const;

interface CheckoutManifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/**
 * Makes the package for authors from a checkout: the SDK and the CLI compiled, with a package.json of their
 * own. Node strips no types under node_modules, so that what is installed has to be JavaScript.
 *
 * @param checkout - The folder with sdk/ and package.json.
 * @param target - A folder that is replaced.
 */
export async function buildPackage(checkout: string, target: string): Promise<void> {
  const compiler = path.join(checkout, "node_modules", "typescript", "bin", "tsc");
  if (!existsSync(compiler)) {
    throw new CliError("The SDK cannot be compiled: TypeScript is not installed in this checkout.", {
      hint: "Run there: npm ci",
    });
  }
  const sdk = path.join(checkout, "sdk");
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  await compile(sdk, target);
  await run(process.execPath, [
    compiler,
    "--project",
    path.join(sdk, "tsconfig.package.json"),
    "--outDir",
    target,
  ]);
  await cp(path.join(sdk, "cli", "tenon.js"), path.join(target, "cli", "tenon.js"));
  await chmod(path.join(target, "cli", "tenon.js"), 0o755);
  await cp(path.join(sdk, "cli", "templates"), path.join(target, "cli", "templates"), { recursive: true });
  for (const file of ["README.md", "LICENSE"].filter((name) => existsSync(path.join(checkout, name)))) {
    await cp(path.join(checkout, file), path.join(target, file));
  }
  const manifest = JSON.parse(
    await readFile(path.join(checkout, "package.json"), "utf8"),
  ) as CheckoutManifest;
  await writeFile(
    path.join(target, "package.json"),
    `${JSON.stringify(packageManifest(manifest), null, 2)}\n`,
  );
}

/** File by file, so that what is installed reads like its source. Types come from the TypeScript compiler. */
async function compile(sdk: string, target: string): Promise<void> {
  await esbuild.build({
    entryPoints: ["*.ts", "cli/*.ts", "connector/**/*.ts", "fake-provider/*.ts", "node/*.ts"].map((pattern) =>
      path.join(sdk, pattern),
    ),
    outbase: sdk,
    outdir: target,
    format: "esm",
    platform: "node",
    target: "node26",
    bundle: true,
    logLevel: "silent",
    tsconfigRaw: "{}",
    plugins: [
      {
        name: "keep-imports",
        setup: (build) => {
          build.onResolve({ filter: /.*/ }, (args) =>
            args.kind === "entry-point"
              ? undefined
              : {
                  path: args.path.startsWith(".") ? args.path.replace(/\.ts$/, ".js") : args.path,
                  external: true,
                },
          );
        },
      },
    ],
  });
  await rm(path.join(target, "cli", "build-package.js"));
}

function packageManifest({ name, version, description, license, dependencies }: CheckoutManifest): object {
  return {
    name,
    version,
    description,
    license,
    type: "module",
    engines: { node: ">=26" },
    bin: { tenon: "./cli/tenon.js" },
    exports: {
      ".": "./index.js",
      "./client": "./client.js",
      "./testing": "./testing.js",
      "./bundle": "./bundle.js",
      "./connector-testing": "./connector-testing.js",
      "./package.json": "./package.json",
    },
    // The specifiers of the sources, answered with what they were compiled to.
    imports: { "#sdk/*.ts": "./*.js" },
    sideEffects: false,
    dependencies: Object.fromEntries(NEEDED.map((needed) => [needed, dependencies[needed]])),
  };
}
