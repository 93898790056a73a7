import { afterAll, beforeAll, expect, test } from "vitest";
import type { Run } from "#sdk/client.ts";
import { createProject } from "#test/sdk/project.ts";
import type { TestProject } from "#test/sdk/project.ts";
import { startProduct } from "#test/support/product.ts";
import type { Product } from "#test/support/product.ts";
import { startTenon, tenon } from "./tenon.ts";
import type { Ended } from "./tenon.ts";

let product: Product;
let project: TestProject;
const access = (): { cwd: string; env: Record<string, string> } => ({
  cwd: project.folder,
  env: { TENON_URL: product.url, TENON_API_KEY: product.apiKey },
});
const cli = (...args: readonly string[]): Promise<Ended> => tenon(args, access());

function workflow(slug: string, needs: string): string {
  return `import { defineWorkflow } from "tenon";
export default defineWorkflow({ slug: "${slug}", needs: ${needs} }, async () => "done");
`;
}

beforeAll(async () => {
  product = await startProduct();
  project = createProject({
    "package.json": "{}",
    "regional.ts": workflow("regional", "{ variables: { REGION: {} } }"),
    "keyed.ts": workflow("keyed", "{ secrets: { ERP_KEY: {} } }"),
    "theirs.ts": workflow("theirs", '{ connections: { crm: { connector: "hubspot", owner: "customer" } } }'),
  });
});
afterAll(async () => {
  project.remove();
  await product.close();
});

test(
  "an environment that is missing is made as the refusal says, and listed",
  { timeout: 60_000 },
  async () => {
    const absent = await cli("deploy", "regional.ts", "--env", "qa");
    expect(absent).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /There is no environment "qa"\.\n.*tenon environments create qa .*tenon environments list/,
      ) as string,
    });
    expect(await cli("environments", "create", "qa", "--name", "Quality")).toMatchObject({
      code: 0,
      stdout: "✔ Made qa.\n",
    });
    expect(await cli("environments", "create", "qa")).toMatchObject({
      code: 1,
      stderr: '✖ The slug "qa" is taken by another environment.\n',
    });
    const live = await cli("environments", "create", "live", "--production", "--json");
    expect(JSON.parse(live.stdout)).toMatchObject({ slug: "live", name: "live", production: true });
    const { stdout } = await cli("environments", "list");
    expect(stdout).toMatch(/^ENVIRONMENT +NAME +PRODUCTION +MADE\n/);
    expect(stdout).toMatch(/^qa +Quality +no +\S+Z$/m);
    expect(stdout).toMatch(/^live +live +yes +\S+Z$/m);
  },
);

test(
  "a variable that is missing is set as deploy and run say, listed and unset",
  { timeout: 60_000 },
  async () => {
    const mend = "tenon variables set REGION <value> --env development";
    const early = await cli("deploy", "regional.ts");
    expect(early).toMatchObject({ code: 0, stderr: expect.stringContaining(mend) as string });
    const failed = await cli("run", "regional", "--wait");
    expect(failed).toMatchObject({ code: 1, stdout: expect.stringContaining(mend) as string });

    const set = await cli("variables", "set", "REGION", "eu\ncentral", "--env", "development");
    expect(set).toMatchObject({ code: 0, stdout: "✔ Stored REGION in development.\n" });
    expect((await cli("variables", "list")).stdout).toMatch(
      /^NAME +VALUE +CHANGED\nREGION +eu\\ncentral +\S+Z\n$/,
    );
    expect((await cli("run", "regional", "--wait")).code).toBe(0);
    const unset = await cli("variables", "unset", "REGION", "--json");
    expect(JSON.parse(unset.stdout)).toEqual({ name: "REGION", environment: "development", deleted: true });
    expect((await cli("variables", "list")).stdout).toBe("There are no variables in development.\n");
  },
);

test("the log of a run that failed before its first line tells its end", async () => {
  await cli("deploy", "keyed.ts");
  const run = JSON.parse((await cli("run", "keyed", "--wait", "--json")).stdout) as Run;
  const { code, stdout } = await cli("logs", run.id);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^✖ keyed v1 failed/);
  expect(stdout).toContain("tenon secrets set ERP_KEY --env development --host <host>");
  const { stdout: json } = await cli("logs", run.id, "--json");
  expect(JSON.parse(json)).toMatchObject({ type: "end", run: { error: { code: "TENON_SECRET_MISSING" } } });
});

test("what customers have to connect is not asked of the organization", async () => {
  const { code, stderr } = await cli("deploy", "theirs.ts");
  expect(code).toBe(0);
  expect(stderr).toContain(
    "tenon connect-sessions create --customer <customer> --connector hubspot --env development",
  );
  expect(stderr).not.toContain("tenon connections connect");
});

test("names that are not there come with the command that lists them", async () => {
  expect((await cli("run", "nowhere")).stderr).toContain("What there is: tenon workflows list");
  expect((await cli("run", "keyed", "--customer", "nobody")).stderr).toContain(
    "What there is: tenon customers list",
  );
  expect((await cli("logs", product.organizationId)).stderr).toContain("What there is: tenon runs list");
  expect((await cli("workflows", "list")).stdout).toMatch(/^WORKFLOW [^]*^keyed +keyed +v1 +active$/m);
});

test("where nothing is debugged, no other key is asked for", async () => {
  const running = startTenon(["dev", "keyed.ts", "--inspect"], access());
  const { promise, resolve } = Promise.withResolvers<undefined>();
  running.child.stderr.on("data", () => {
    if (/TENON_INSPECT=[^]*\n/.test(running.stderr())) {
      resolve(undefined);
    }
  });
  await Promise.race([promise, running.ended]);
  running.child.kill("SIGINT");
  const { stderr } = await running.ended;
  expect(stderr).toContain("TENON_INSPECT=9229");
  expect(stderr).not.toContain("tenon login");
});
