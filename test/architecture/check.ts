/**
 * The claims of the design about who may import whom, as a check. Prints each violation and exits 1.
 * Run by `npm run check:architecture`.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";

const ROOT = path.resolve(import.meta.dirname, "../..");

/** Stage → what it may import of ours besides itself. `type:` allows `import type` only. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  sdk: [],
  connectors: ["sdk"],
  "runtime/base": ["sdk"],
  "runtime/db": ["runtime/base"],
  "runtime/vault": ["runtime/base", "runtime/db", "runtime/embedded"],
  "runtime/egress": ["runtime/base"],
  "runtime/queue": ["runtime/base", "runtime/db"],
  "runtime/embedded": ["runtime/base", "runtime/db"],
  "runtime/workflows": ["runtime/base", "runtime/db", "runtime/queue", "runtime/runs", "sdk"],
  "runtime/runs": ["runtime/base", "runtime/db", "runtime/queue", "runtime/vault", "runtime/workflows"],
  "runtime/webhooks": ["runtime/base", "runtime/db", "runtime/vault", "runtime/egress"],
  "runtime/oauth": [
    "runtime/base",
    "runtime/db",
    "runtime/vault",
    "runtime/egress",
    "runtime/embedded",
    "runtime/webhooks",
    "connectors",
    "sdk",
  ],
  "runtime/connections": [
    "runtime/base",
    "runtime/db",
    "runtime/vault",
    "runtime/egress",
    "runtime/queue",
    "runtime/oauth",
    "runtime/webhooks",
    "runtime/workflows",
    "connectors",
    "sdk",
  ],
  "runtime/host": [
    "runtime/base",
    "runtime/egress",
    "runtime/vault",
    "runtime/oauth",
    "runtime/sandbox/wire.ts",
    "sdk",
  ],
  "runtime/worker": [
    "runtime/base",
    "runtime/db",
    "runtime/vault",
    "runtime/egress",
    "runtime/queue",
    "runtime/embedded",
    "runtime/workflows",
    "runtime/runs",
    "runtime/host",
    "runtime/oauth",
    "runtime/connections",
    "runtime/webhooks",
    "connectors",
    "sdk",
  ],
  "runtime/sandbox": ["type:sdk"],
  "runtime/start": ["runtime/base", "runtime/db", "runtime/embedded"],
  api: [
    "runtime/base",
    "runtime/db",
    "runtime/queue",
    "runtime/embedded",
    "runtime/workflows",
    "runtime/runs",
    "runtime/vault/seal.ts",
    "runtime/vault/keyring.ts",
    "runtime/egress",
    "runtime/oauth",
    "runtime/connections",
    "runtime/webhooks",
    "connectors",
    "sdk",
  ],
};
/** The processes' entries beside the base files. */
const START_FILES = new Set(["runtime/start.ts", "runtime/bootstrap.ts"]);
/** Modules that must never be part of the untrusted process. */
const NOT_IN_SANDBOX = [
  /node_modules\/(postgres|pg|bullmq|ioredis|undici|hono)\//,
  /runtime\/(db|queue|vault|egress|runs|host|worker)\//,
];
/** What the web platform inside an isolate is built from: for guest code alone, nothing of it runs in a process. */
const WEB_PACKAGES = [
  "@exodus/bytes",
  "fflate",
  "tr46",
  "urlpattern-polyfill",
  "web-streams-polyfill",
  "whatwg-url",
];

const violations = [...importViolations(), ...webViolations(), ...(await sandboxViolations())];
for (const violation of violations) {
  console.error(violation);
}
process.exitCode = violations.length > 0 ? 1 : 0;

function importViolations(): string[] {
  return ["sdk", "connectors", "runtime", "api"].flatMap(sources).flatMap((file) => {
    const from = stageOf(file);
    return importsOf(file)
      .filter(({ target, typeOnly }) => !allowed(from, target, typeOnly))
      .map(({ target }) => `${file}: ${from} may not import ${target}`);
  });
}

function webViolations(): string[] {
  return sources("runtime").flatMap((file) => {
    const inGuest = file.startsWith("runtime/sandbox/guest/");
    const text = readFileSync(path.join(ROOT, file), "utf8");
    return [...text.matchAll(/(?:from |require\()"([^".#][^"]*)"/g)]
      .map(([, specifier = ""]) => specifier)
      .filter((specifier) => isWebPackage(specifier) !== inGuest)
      .map(
        (specifier) =>
          `${file}: ${inGuest ? "guest code" : "code outside isolates"} may not import ${specifier}`,
      );
  });
}

function isWebPackage(specifier: string): boolean {
  return WEB_PACKAGES.some((name) => specifier === name || specifier.startsWith(`${name}/`));
}

function allowed(from: string, target: string, typeOnly: boolean): boolean {
  const stage = stageOf(target);
  return (
    stage === from ||
    (MAY_IMPORT[from] ?? []).some(
      (rule) => rule === stage || rule === target || (typeOnly && rule === `type:${stage}`),
    )
  );
}

function stageOf(file: string): string {
  const [top = "", second = ""] = file.split("/");
  if (top !== "runtime") {
    return top;
  }
  if (START_FILES.has(file)) {
    return "runtime/start";
  }
  return second.includes(".") ? "runtime/base" : `runtime/${second}`;
}

function importsOf(file: string): { target: string; typeOnly: boolean }[] {
  const text = readFileSync(path.join(ROOT, file), "utf8");
  const statements = text.matchAll(
    /^(?:import|export)\s+(type\s)?[^;]*?from\s+"([^"]+)"|import\("([^"]+)"\)|^import\s+"([^"]+)"/gm,
  );
  return [...statements].flatMap(([, type, fromClause, dynamic, bare]) => {
    const specifier = fromClause ?? dynamic ?? bare ?? "";
    const target = specifier.startsWith("#")
      ? specifier.slice(1)
      : specifier.startsWith(".")
        ? path.posix.join(path.posix.dirname(file), specifier)
        : null;
    return target === null ? [] : [{ target, typeOnly: type !== undefined }];
  });
}

function sources(folder: string): string[] {
  // A folder of the design that nothing lives in yet has no imports either.
  if (!existsSync(path.join(ROOT, folder))) {
    return [];
  }
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .map((name) => path.posix.join(folder, name.replaceAll("\\", "/")))
    .filter(
      (name) => /\.tsx?$/.test(name) && !name.includes("/templates/") && !name.includes("node_modules"),
    );
}

async function sandboxViolations(): Promise<string[]> {
  const result = await build({
    entryPoints: [path.join(ROOT, "runtime/sandbox/main.ts")],
    absWorkingDir: ROOT,
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    format: "esm",
    external: ["isolated-vm", "koffi"],
    logLevel: "silent",
  });
  return Object.keys(result.metafile.inputs)
    .filter((input) => NOT_IN_SANDBOX.some((pattern) => pattern.test(input)))
    .map((input) => `runtime/sandbox/main.ts: the untrusted process contains ${input}`);
}
