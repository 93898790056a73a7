import { mkdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { createProject } from "#test/sdk/project.ts";
import type { TestProject } from "#test/sdk/project.ts";
import { startTenon, tenon } from "./tenon.ts";

// A port of the loopback address that nobody listens on.
const NOBODY = { TENON_URL: "http://127.0.0.1:9", TENON_API_KEY: "tn_test_nobody" };
const projects: TestProject[] = [];
afterEach(() => projects.splice(0).forEach((project) => project.remove()));

function folder(files: Readonly<Record<string, string>> = {}): string {
  const project = createProject(files);
  projects.push(project);
  return project.folder;
}

test("every command has a help with examples", { timeout: 120_000 }, async () => {
  const cwd = folder();
  const commands = [
    "init",
    "login",
    "whoami",
    "dev",
    "deploy",
    "run",
    "logs",
    "runs list",
    "workflows list",
    "environments list",
    "environments create",
    "variables list",
    "variables set",
    "variables unset",
    "secrets set",
    "secrets list",
    "connectors list",
    "connectors get",
    "connectors validate",
    "connectors import",
    "connectors create",
    "connectors lint",
    "connections list",
    "connections get",
    "connections connect",
    "connections test",
    "connections reconnect",
    "connections disconnect",
    "connections delete",
    "connections refresh",
    "oauth-apps list",
    "oauth-apps set",
    "oauth-apps delete",
    "customers list",
    "customers create",
    "customers get",
    "customers delete",
    "connect-sessions create",
    "organization get",
    "organization rename",
    "vault rotate",
  ];
  const helps = await Promise.all(
    commands.map((command) => tenon([...command.split(" "), "--help"], { cwd })),
  );
  for (const { code, stdout } of helps) {
    expect(code).toBe(0);
    expect(stdout).toMatch(/Examples?:\n {2}\$ /);
    expect(stdout).toContain("--json");
    // What only catches a secret on the command line is no argument to be given.
    expect(stdout).not.toMatch(/^ +(value|secret) *$/m);
  }
  const all = await tenon(["--help"], { cwd });
  expect(all.stdout).toContain("Exit codes:");
});

test("a wrong command line ends with 2, says why and suggests", async () => {
  const cwd = folder();
  const unknown = await tenon(["deplyo"], { cwd });
  expect(unknown).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringMatching(
      /^✖ Unknown command 'deplyo' \(Did you mean deploy\?\)\.\n {2}→ /,
    ) as string,
  });
  expect((await tenon(["secrets"], { cwd })).code).toBe(2);
  expect((await tenon(["run"], { cwd })).code).toBe(2);
  const both = await tenon(["run", "x", "--input", "1", "--input-file", "y"], { cwd });
  expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining("not both") as string });
  const json = await tenon(["run", "x", "--input", "{nope", "--json"], { cwd });
  expect(json.code).toBe(2);
  expect(JSON.parse(json.stderr)).toMatchObject({ error: { code: "TENON_USAGE", exitCode: 2 } });
  expect(JSON.parse((await tenon(["deplyo", "--json"], { cwd })).stderr)).toMatchObject({
    error: { code: "TENON_USAGE" },
  });
});

test("what is no command is told with the help that is nearest", async () => {
  const cwd = folder();
  expect((await tenon(["runs", "get", "x"], { cwd })).stderr).toContain("→ See: tenon runs --help");
  expect((await tenon(["connections", "list", "--no"], { cwd })).stderr).toContain(
    "→ See: tenon connections list --help",
  );
});

test("a reader that stops early is no failure", async () => {
  const { child, ended, stderr } = startTenon(["connections", "connect", "--help"], { cwd: folder() });
  child.stdout.destroy();
  expect((await ended).code).toBe(0);
  expect(stderr()).toBe("");
});

test("without a key every command says how to log in, with 3", async () => {
  const cwd = folder();
  for (const args of [["whoami"], ["run", "hello"], ["secrets", "list"], ["logs", "x"]]) {
    const ended = await tenon(args, { cwd });
    expect(ended).toMatchObject({
      code: 3,
      stdout: "",
      stderr: expect.stringContaining("tenon login") as string,
    });
  }
});

test("without a server every command says how to start it, with 4", async () => {
  const cwd = folder();
  const ended = await tenon(["whoami"], { cwd, env: NOBODY });
  expect(ended).toMatchObject({ code: 4, stderr: expect.stringContaining("npm start") as string });
  const json = await tenon(["runs", "list", "--json"], { cwd, env: NOBODY });
  expect(json).toMatchObject({ code: 4, stdout: "" });
  expect(JSON.parse(json.stderr)).toMatchObject({ error: { code: "TENON_UNREACHABLE" } });
});

test("a server that is not Tenon is told from a refusal", async () => {
  const server = createServer((_request, response) =>
    response.writeHead(404, { "content-type": "text/html" }).end("<h1>shop</h1>"),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const ended = await tenon(["whoami"], {
    cwd: folder(),
    env: { ...NOBODY, TENON_URL: `http://127.0.0.1:${String(port)}` },
  });
  server.close();
  expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining("not Tenon's") as string });
});

test("a secret's value is refused as an argument, without repeating it", async () => {
  const ended = await tenon(["secrets", "set", "ERP_KEY", "hunter2-value"], { cwd: folder(), env: NOBODY });
  expect(ended.code).toBe(2);
  expect(ended.stderr).toContain("must not be an argument");
  expect(ended.stdout + ended.stderr).not.toContain("hunter2");
});

test("init makes a project and never overwrites one", async () => {
  const cwd = folder();
  const first = await tenon(["init", "flows", "--json"], { cwd });
  expect(first).toMatchObject({ code: 0, stderr: "" });
  const { files } = JSON.parse(first.stdout) as { files: string[] };
  expect(files).toEqual(
    expect.arrayContaining([
      "src/workflows/hello.ts",
      "test/hello.test.ts",
      "package.json",
      ".gitignore",
      "README.md",
    ]),
  );
  const hello = path.join(cwd, "flows/src/workflows/hello.ts");
  const before = statSync(hello).mtimeMs;
  const again = await tenon(["init", "flows"], { cwd });
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining("already has") as string });
  expect(statSync(hello).mtimeMs).toBe(before);
  expect(readFileSync(path.join(cwd, "flows/README.md"), "utf8")).toContain("# flows");
});

test("code that does not build is shown with its place and frame", async () => {
  const cwd = folder({
    "package.json": "{}",
    "src/workflows/bad.ts": "export default () => {\n  const a = 1 return a;\n};\n",
  });
  const ended = await tenon(["deploy"], { cwd, env: NOBODY });
  expect(ended.code).toBe(1);
  expect(ended.stderr).toContain("src/workflows/bad.ts:2:15");
  expect(ended.stderr).toMatch(/2 │ {3}const a = 1 return a;\n +│ {15}\^+/);
  const json = await tenon(["deploy", "--json"], { cwd, env: NOBODY });
  expect(JSON.parse(json.stderr)).toMatchObject({
    error: { code: "TENON_BUILD_FAILED", issues: [{ file: "src/workflows/bad.ts", line: 2, column: 15 }] },
  });
});

test("vault rotate outside of a checkout and a deploy without workflows say what to do", async () => {
  const cwd = folder();
  mkdirSync(path.join(cwd, "src"));
  const ended = await tenon(["deploy"], { cwd, env: NOBODY });
  expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining("tenon init") as string });
});
