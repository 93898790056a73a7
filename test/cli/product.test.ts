import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createClient } from "#sdk/client.ts";
import type { Run } from "#sdk/client.ts";
import { createProject } from "#test/sdk/project.ts";
import type { TestProject } from "#test/sdk/project.ts";
import { eventually, startProduct } from "#test/support/product.ts";
import type { Product } from "#test/support/product.ts";
import { startTenon, tenon } from "./tenon.ts";
import type { Ended } from "./tenon.ts";

const HELLO = `import { defineWorkflow } from "tenon";
export default defineWorkflow({ slug: "hello", tier: "instant" }, async (ctx, input) => {
  ctx.log.info("greeting", { name: input.name });
  if (input.name === "bad") throw new RangeError("no such name");
  return { greeting: "Hello, " + input.name };
});
`;

const SHAKY = `import { defineWorkflow } from "tenon";
export default defineWorkflow({ slug: "shaky", retry: { maxAttempts: 4, initialInterval: "4s" } }, async (ctx) => {
  ctx.log.info("try " + ctx.run.attempt);
  if (ctx.run.attempt === 1) throw new Error("not yet: " + ctx.run.attempt);
});
`;

let product: Product;
let project: TestProject;
let env: Record<string, string>;
const cli = (
  args: readonly string[],
  more: { stdin?: string; env?: Record<string, string>; cwd?: string } = {},
): Promise<Ended> => tenon(args, { cwd: project.folder, ...more, env: { ...env, ...more.env } });

beforeAll(async () => {
  product = await startProduct();
  project = createProject({ "package.json": "{}", "src/workflows/hello.ts": HELLO });
  env = { TENON_URL: product.url, TENON_API_KEY: product.apiKey };
});
afterAll(async () => {
  project.remove();
  await product.close();
});

describe("who asks", () => {
  test("login checks the key, stores it for its owner only, and never shows it", async () => {
    const home = createProject();
    const config = { XDG_CONFIG_HOME: home.folder };
    const refused = await tenon(["login", "--url", product.url], {
      cwd: home.folder,
      env: config,
      stdin: "tn_live_wrong\n",
    });
    expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining("tenon login") as string });
    expect(existsSync(path.join(home.folder, "tenon/config.json"))).toBe(false);
    const done = await tenon(["login", "--url", product.url], {
      cwd: home.folder,
      env: config,
      stdin: `${product.apiKey}\n`,
    });
    expect(done.code).toBe(0);
    expect(done.stdout + done.stderr).not.toContain(product.apiKey);
    expect(statSync(path.join(home.folder, "tenon/config.json")).mode & 0o777).toBe(0o600);
    const who = await tenon(["whoami", "--json"], { cwd: home.folder, env: config });
    expect(JSON.parse(who.stdout)).toMatchObject({
      url: product.url,
      organization: { name: "My organization" },
    });
    expect(who.stdout).not.toContain(product.apiKey);
    home.remove();
  });

  test("a local server's bootstrap file is found from a folder below it", async () => {
    const home = createProject({
      ".tenon/bootstrap.json": JSON.stringify({
        url: product.url,
        apiKey: product.apiKey,
        environment: "development",
        organizationId: product.organizationId,
      }),
      "a/b/file.txt": "",
    });
    const who = await tenon(["whoami"], { cwd: path.join(home.folder, "a/b") });
    expect(who).toMatchObject({ code: 0, stdout: expect.stringContaining("bootstrap.json") as string });
    const second = createProject({});
    const env = { TENON_DATA_DIR: path.join(home.folder, ".tenon") };
    const told = await tenon(["whoami"], { cwd: second.folder, env });
    expect(told).toMatchObject({ code: 0, stdout: expect.stringContaining(env.TENON_DATA_DIR) as string });
    second.remove();
    home.remove();
  });

  test("a key that is not known ends with 3", async () => {
    const ended = await cli(["whoami", "--json"], { env: { TENON_API_KEY: "tn_live_unknown" } });
    expect(ended).toMatchObject({ code: 3, stdout: "" });
    expect(JSON.parse(ended.stderr)).toMatchObject({
      error: { status: 401, code: "TENON_UNAUTHORIZED", requestId: expect.any(String) as string },
    });
  });
});

describe("deploying", () => {
  test("makes the workflow, publishes once, and shows what a version may reach more", async () => {
    const preview = await cli(["deploy", "--dry-run"]);
    expect(preview).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("hello would be deployed to development") as string,
    });
    const first = JSON.parse((await cli(["deploy", "--json"])).stdout) as {
      workflows: Record<string, unknown>[];
    };
    expect(first.workflows[0]).toMatchObject({
      workflow: "hello",
      version: 1,
      published: true,
      deployed: true,
      previousVersion: null,
    });
    const again = JSON.parse((await cli(["deploy", "--json"])).stdout) as {
      workflows: Record<string, unknown>[];
    };
    expect(again.workflows[0]).toMatchObject({ version: 1, published: false, deployed: false, needs: [] });

    const other = createProject({
      "package.json": "{}",
      "flow.ts": HELLO.replace(
        'tier: "instant"',
        'tier: "instant", needs: { secrets: { ERP_KEY: { reveal: true } }, egress: ["erp.example.com"] }',
      ),
    });
    const more = await cli(["deploy", "flow.ts"], { cwd: other.folder });
    expect(more.code).toBe(0);
    expect(more.stdout).toContain("v2");
    expect(more.stdout).toContain("(was v1)");
    expect(more.stdout).toContain("+ may send the secret ERP_KEY");
    expect(more.stdout).toContain("+ may read the plaintext of ERP_KEY");
    expect(more.stdout).toContain("+ may reach erp.example.com");
    expect(more.stderr).toContain("tenon secrets set ERP_KEY");
    await cli(["deploy"]);
    other.remove();
  });

  test("says what is wrong with a manifest, field by field", async () => {
    project.write(
      "broken.ts",
      'export default { [Symbol.for("tenon.workflow")]: 1, options: { needs: { egres: [] } }, handler() {} };',
    );
    const ended = await cli(["deploy", "broken.ts"]);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain("egres");
    const absent = await cli(["deploy", "--env", "nowhere"]);
    expect(absent).toMatchObject({ code: 1, stderr: expect.stringContaining("nowhere") as string });
  });
});

describe("running", () => {
  beforeAll(async () => {
    await cli(["deploy"]);
  });

  test("takes its input from an argument, a file or standard input", async () => {
    project.write("input.json", '{"name":"file"}');
    const ended = await Promise.all([
      cli(["run", "hello", "--input", '{"name":"argument"}', "--json"]),
      cli(["run", "hello", "--input-file", "input.json", "--json"]),
      cli(["run", "hello", "--input", "-", "--json"], { stdin: '{"name":"stdin"}' }),
    ]);
    expect(ended.map(({ stdout }) => (JSON.parse(stdout) as Run).result)).toEqual(
      ["argument", "file", "stdin"].map((name) => ({ greeting: `Hello, ${name}` })),
    );
  });

  test("streams the log with --watch, then shows the result", async () => {
    const watched = await cli(["run", "hello", "--input", '{"name":"Ada"}', "--watch"]);
    expect(watched.code).toBe(0);
    expect(watched.stdout).toMatch(
      /info +greeting {"name":"Ada"}\n[^]*✔ hello v\d+ completed[^]*"greeting": "Hello, Ada"/,
    );
    const lines = (await cli(["run", "hello", "--input", '{"name":"Ada"}', "--watch", "--json"])).stdout
      .trim()
      .split("\n");
    const events = lines.map((line) => JSON.parse(line) as { type: string });
    expect(events.at(-1)).toMatchObject({ type: "end", run: { status: "completed" } });
    expect(events.filter(({ type }) => type === "log")).toHaveLength(1);
  });

  test("tells with --watch of each attempt that failed, after its last line", async () => {
    project.write("src/workflows/shaky.ts", SHAKY);
    expect((await cli(["deploy", "src/workflows/shaky.ts"])).code).toBe(0);
    const watched = await cli(["run", "shaky", "--watch"]);
    expect(watched.code).toBe(0);
    expect(watched.stdout).toMatch(
      /info +try 1\n↻ attempt 1 of 4 failed: TENON_USER_ERROR: not yet: 1; next try in 4\.0 s\n[^\n]*info +try 2\n✔ /,
    );
    const [run] = (
      JSON.parse((await cli(["runs", "list", "--workflow", "shaky", "--json"])).stdout) as { data: Run[] }
    ).data;
    const id = run?.id ?? "";
    const later = (await cli(["logs", id, "-f"])).stdout;
    expect(later).toContain("attempt 1 of 4 failed: TENON_USER_ERROR: not yet: 1; it was tried again\n");
    const events = (await cli(["logs", id, "-f", "--json"])).stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { type: string });
    expect(events.filter(({ type }) => type === "attempt")).toMatchObject([
      { attempt: { number: 1, status: "failed" } },
    ]);
  });

  test("ends with 1 when the run fails, and shows the author's own file and line", async () => {
    const failed = await cli(["run", "hello", "--input", '{"name":"bad"}', "--wait"]);
    expect(failed.code).toBe(1);
    expect(failed.stdout).toContain("RangeError: no such name");
    expect(failed.stdout).toContain("src/workflows/hello.ts:4:35");
    const json = await cli(["run", "hello", "--input", '{"name":"bad"}', "--json"]);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({
      status: "failed",
      error: { location: { file: "src/workflows/hello.ts", line: 4 } },
    });
  });

  test("shows logs afterwards, and lists runs", async () => {
    const run = JSON.parse(
      (await cli(["run", "hello", "--input", '{"name":"later"}', "--json"])).stdout,
    ) as Run;
    expect((await cli(["logs", run.id])).stdout).toContain('greeting {"name":"later"}');
    expect((await cli(["logs", run.id, "-f"])).stdout).toContain("completed");
    const list = await cli(["runs", "list", "--workflow", "hello", "--status", "completed", "--limit", "2"]);
    expect(list.stdout).toContain(run.id);
    expect(list.stdout.trim().split("\n")).toHaveLength(3);
    const unknown = await cli(["logs", "019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e77"]);
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining("There is no run") as string });
  });

  test("a control character in a log line does not reach the terminal", async () => {
    const ended = await cli(["run", "hello", "--input", '{"name":"\\u001b[2Jgone"}', "--watch"]);
    expect(ended.stdout).not.toContain("\u001b");
  });
});

describe("secrets", () => {
  test("are stored from standard input, listed without values, and overridden for a customer", async () => {
    await product.call("POST", "/customers", { slug: "acme" });
    const stored = await cli(
      ["secrets", "set", "ERP_KEY", "--host", "erp.example.com", "--host", "*.erp.example.com"],
      { stdin: "s3cret-value\n" },
    );
    expect(stored).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("erp.example.com, *.erp.example.com") as string,
    });
    const bare = await cli(["secrets", "set", "SIGNING", "--customer", "acme"], { stdin: "an0ther-value" });
    expect(bare).toMatchObject({ code: 0, stderr: expect.stringContaining("!") as string });
    const list = await cli(["secrets", "list"]);
    expect(list.stdout).toContain("ERP_KEY");
    expect(list.stdout).not.toContain("SIGNING");
    expect((await cli(["secrets", "list", "--customer", "acme", "--json"])).stdout).toContain("SIGNING");
    const empty = await cli(["secrets", "set", "EMPTY"], { stdin: "" });
    expect(empty.code).toBe(2);
    const wrong = await cli(["secrets", "set", "BAD", "--host", "https://x/y"], { stdin: "value" });
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toContain("hosts");
    for (const { stdout, stderr } of [stored, bare, list, wrong]) {
      expect(stdout + stderr).not.toMatch(/s3cret|an0ther/);
    }
  });
});

describe("dev", () => {
  test("deploys and runs on every change, goes on after errors, and stops on Ctrl-C", async () => {
    const home = createProject({
      "package.json": "{}",
      "src/workflows/live.ts": HELLO.replace('"hello"', '"live"'),
    });
    const running = startTenon(["dev", "--input", '{"name":"Ada"}'], { cwd: home.folder, env });
    const shows = (text: string): Promise<true> =>
      eventually(
        `dev shows ${text}`,
        async () => (running.stdout() + running.stderr()).includes(text) || null,
      );
    await shows("Hello, Ada");
    home.write("src/workflows/live.ts", "export default () => ;");
    await shows("src/workflows/live.ts:1:22");
    home.write("src/workflows/live.ts", HELLO.replace('"hello"', '"live"').replace("Hello, ", "Goodbye, "));
    await shows("Goodbye, Ada");
    running.child.kill("SIGINT");
    expect(await running.ended).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("Stopped.") as string,
    });
    home.remove();
  });
});

describe("the client", () => {
  test("follows a run from its first line to its end, and starts one run per idempotency key", async () => {
    await cli(["deploy"]);
    const client = createClient({ url: product.url, apiKey: product.apiKey });
    const start = { workflow: "hello", environment: "development", input: { name: "Ada" } };
    const run = await client.runs.create(start, { wait: 0 });
    const events = await Array.fromAsync(client.runs.events(run.id));
    expect(events.map(({ type }) => type).filter((type) => type !== "status")).toEqual(["log", "end"]);
    const [one, other] = [
      await client.runs.create(start, { idempotencyKey: "k" }),
      await client.runs.create(start, { idempotencyKey: "k" }),
    ];
    expect(other.id).toBe(one.id);
    await expect(client.runs.get(product.organizationId)).rejects.toMatchObject({
      code: "TENON_NOT_FOUND",
      status: 404,
      requestId: expect.any(String) as string,
    });
    await expect(client.secrets.put("development", "X", { hosts: ["not a host"] })).rejects.toMatchObject({
      errors: [{ path: expect.stringContaining("hosts") as string }],
    });
  });
});

test("vault rotate works on the server's machine, and stops on Ctrl-C without losing anything", async () => {
  const settings = {
    DATABASE_URL: product.db.url,
    TENON_MASTER_KEY: product.db.masterKey.toString("base64"),
  };
  const running = startTenon(["vault", "rotate", "--json"], { cwd: project.folder, env: settings });
  await eventually(
    "the rotation waits for other processes",
    async () => running.stderr().includes("waiting") || null,
  );
  running.child.kill("SIGINT");
  const ended = await running.ended;
  expect(ended.code).toBe(1);
  expect(JSON.parse(ended.stdout)).toMatchObject({ interrupted: true, unreadableValues: 0 });
  expect((await cli(["run", "hello", "--input", '{"name":"Ada"}'])).code).toBe(0);
  const wrong = await cli(["vault", "rotate"], { env: { ...settings, TENON_MASTER_KEY: "short" } });
  expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining("TENON_MASTER_KEY") as string });
});

test("no command left the key in a file of the project", () => {
  expect(readFileSync(path.join(project.folder, "package.json"), "utf8")).toBe("{}");
});
