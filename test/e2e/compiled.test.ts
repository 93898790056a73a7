import { execFileSync } from "node:child_process";
import path from "node:path";
import { expect, test } from "vitest";

const LAUNCH = path.resolve("runtime/launch.js");
const KEPT = path.resolve("node_modules/.cache/tenon");

/** Whether Node brought its compiler for types to load a file, with what was kept or without. */
function bringsCompiler(file: string, kept: boolean): boolean {
  const program = `
    import module from "node:module";
    ${kept ? `module.enableCompileCache(${JSON.stringify(KEPT)});` : ""}
    await import(${JSON.stringify(path.resolve(file))});
    process.stdout.write(String(process.moduleLoadList.some((name) => name.includes("amaro"))));
    process.exit();`;
  const env = { ...process.env, NODE_COMPILE_CACHE: "" };
  return (
    execFileSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8", env }) ===
    "true"
  );
}

test("once the sources are compiled, no service brings a compiler for types", { timeout: 60_000 }, () => {
  execFileSync(process.execPath, [LAUNCH, "compile"]);
  expect(bringsCompiler("runtime/worker/main.ts", false)).toBe(true);
  for (const file of ["runtime/start.ts", "runtime/worker/main.ts", "runtime/oauth/main.ts", "api/main.ts"]) {
    expect(`${file}: ${String(bringsCompiler(file, true))}`).toBe(`${file}: false`);
  }
});
