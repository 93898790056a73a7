import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createProject } from "#test/sdk/project.ts";
import type { TestProject } from "#test/sdk/project.ts";
import { tenon } from "./tenon.ts";
import type { Ended } from "./tenon.ts";

const run = promisify(execFile);
const CHECKOUT = path.resolve(import.meta.dirname, "../..");
// What npm would install beside the package; taken from this checkout, so that the test needs no network.
const BESIDE = [
  "@noble",
  "commander",
  "esbuild",
  "@esbuild",
  "eventsource-parser",
  "fflate",
  "readable-stream",
  "unenv",
  "yaml",
  "zod",
  "typescript",
  "@typescript",
  "@types",
  "undici-types",
];

let home: TestProject;
let flows: string;
let made: Ended;

beforeAll(async () => {
  home = createProject();
  flows = path.join(home.folder, "flows");
  made = await tenon(["init", "flows"], { cwd: home.folder });
  const modules = path.join(flows, "node_modules");
  mkdirSync(path.join(modules, "tenon"), { recursive: true });
  const [archive] = readdirSync(path.join(flows, "vendor"));
  await run("tar", [
    "xzf",
    path.join(flows, "vendor", archive ?? ""),
    "--strip-components=1",
    "-C",
    path.join(modules, "tenon"),
  ]);
  for (const name of BESIDE) {
    symlinkSync(path.join(CHECKOUT, "node_modules", name), path.join(modules, name));
  }
});
afterAll(() => home.remove());

const node = (...args: string[]): Promise<{ stdout: string; stderr: string }> =>
  run(process.execPath, args, { cwd: flows, env: { PATH: process.env.PATH ?? "", HOME: home.folder } });

test("a new project's types are right, its own and those of the installed package", async () => {
  expect(made).toMatchObject({ code: 0, stderr: "" });
  const checked = await node(
    path.join(CHECKOUT, "node_modules/typescript/bin/tsc"),
    "--noEmit",
    "--skipLibCheck",
    "false",
  );
  expect(checked.stdout).toBe("");
});

test("a new project's tests pass", async () => {
  const { stdout } = await node("--test", "test/**/*.test.ts");
  expect(stdout).toContain("pass 3");
  expect(stdout).toContain("fail 0");
});

test("the installed package bundles Node's modules for a workflow", async () => {
  home.write(
    "flows/src/workflows/modules.ts",
    `import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import url from "node:url";
import zlib from "node:zlib";
export default async (): Promise<unknown> => [
  createHash("md5").update("a").digest("hex"),
  (await Readable.from(["x"]).toArray()).length,
  url.parse("https://example.com/").host,
  zlib.gunzipSync(zlib.gzipSync("z")).toString(),
];
`,
  );
  home.write(
    "flows/bundle.mjs",
    `import { bundleWorkflow } from "tenon/bundle";
const { code } = await bundleWorkflow({ entry: "src/workflows/modules.ts" });
console.log(JSON.stringify(await new Function(code + ";return __tenonWorkflow.default()")()));
`,
  );
  const { stdout } = await node("bundle.mjs");
  expect(JSON.parse(stdout)).toEqual(["0cc175b9c0f1b6a831c399e269772661", 1, "example.com", "z"]);
});

test("the installed package runs a connector's provider, with types of its own", async () => {
  const { write } = home;
  write(
    "flows/test/acme.ts",
    `import { defineConnector } from "tenon";
import { startFakeProvider } from "tenon/connector-testing";
const acme = defineConnector({
  slug: "acme",
  name: "Acme",
  hosts: ["api.acme.example"],
  baseUrl: "https://api.acme.example/v1",
  auth: [{ id: "key", type: "api-key", label: "Key", name: "X-Api-Key" }],
  verification: { path: "/me", account: { id: "id" } },
});
const provider = await startFakeProvider(acme, { account: { id: "42" } });
const key = provider.fields["apiKey"] ?? "";
const response = await fetch(provider.connector.baseUrl + "/me", { headers: { "x-api-key": key } });
console.log(await response.text());
await provider.close();
`,
  );
  expect((await node("test/acme.ts")).stdout.trim()).toBe('{"id":"42"}');
  const checked = await node(
    path.join(CHECKOUT, "node_modules/typescript/bin/tsc"),
    "--noEmit",
    "--skipLibCheck",
    "false",
  );
  expect(checked.stdout).toBe("");
});

test("an undeclared secret is a type error for authors", async () => {
  const { write } = home;
  write(
    "flows/src/workflows/wrong.ts",
    `import { defineWorkflow } from "tenon";
export default defineWorkflow({ needs: { secrets: { A: {} } } }, (ctx) => ctx.secrets.A + ctx.secrets.B);
`,
  );
  const failure: unknown = await node(
    path.join(CHECKOUT, "node_modules/typescript/bin/tsc"),
    "--noEmit",
  ).catch((error: unknown) => error);
  expect(failure).toMatchObject({ stdout: expect.stringContaining("Property 'B' does not exist") as string });
});

test("the installed command line runs from under node_modules, and bundles", async () => {
  const door = path.join(flows, "node_modules/tenon/cli/tenon.js");
  expect((await node(door, "--version")).stdout).toMatch(/^\d+\.\d+\.\d+/);
  const failure: unknown = await node(door, "deploy", "src/workflows/hello.ts").catch(
    (error: unknown) => error,
  );
  expect(failure).toMatchObject({ code: 3 });
  const rotate: unknown = await node(door, "vault", "rotate").catch((error: unknown) => error);
  expect(rotate).toMatchObject({ code: 1, stderr: expect.stringContaining("checkout") as string });
  const script = `import { bundleWorkflow } from "tenon/bundle"; console.log((await bundleWorkflow({ entry: "src/workflows/hello.ts" })).code.includes("tenon.workflow"))`;
  expect((await node("--input-type=module", "--eval", script)).stdout.trim()).toBe("true");
});

test("the installed package makes new projects as well", async () => {
  await node(path.join(flows, "node_modules/tenon/cli/tenon.js"), "init", "../more");
  expect(readdirSync(path.join(home.folder, "more/vendor"))).toHaveLength(1);
});
