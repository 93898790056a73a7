import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createClient } from "#sdk/client.ts";
import { buildEntry, deploy } from "#sdk/cli/publish.ts";
import { createProject } from "#test/sdk/project.ts";
import { startProduct, type Product } from "#test/support/product.ts";
import { runWorkflow } from "#test/support/workflow.ts";
import { EXPECTED, RESULTS_OVER_HTTP } from "./expected.ts";

/** Thirty packages as npm has them, each bundled, deployed to the real product and run by it. */
let product: Product;
let server: Server;
let url: string;

beforeAll(async () => {
  let asked = 0;
  const answers: Readonly<Record<string, (request: IncomingMessage) => Promise<unknown>>> = {
    "/echo": async (request) => ({
      got: JSON.parse(await text(request)) as unknown,
      from: request.headers["x-from"],
    }),
    "/graphql": async (request) => {
      const { query, variables } = JSON.parse(await text(request)) as { query: string; variables: unknown };
      return {
        data: { user: { name: query.includes("user(id: $id)") ? "Ada" : "?", asked: variables } },
      };
    },
    "/flaky": async () => {
      asked += 1;
      return asked === 1 ? null : "at last";
    },
  };
  server = createServer((request, response) => {
    void (async () => {
      const answer = await answers[request.url ?? ""]?.(request);
      const status = answer === undefined ? 404 : answer === null ? 503 : 200;
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer ?? null));
    })();
  }).listen(0, "127.0.0.1");
  product = await startProduct();
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
});
afterAll(async () => {
  server.close();
  await product.close();
});

async function result(name: string): Promise<unknown> {
  const client = createClient({ url: product.url, apiKey: product.apiKey });
  const file = path.join(import.meta.dirname, "fixtures", name);
  const built = await buildEntry(file);
  expect(built.bundle.warnings).toEqual([]);
  const code = built.bundle.code.replaceAll("http://127.0.0.1:1", url.slice(0, -1));
  await deploy(client, { ...built, bundle: { ...built.bundle, code } }, "development");
  const run = await runWorkflow(product, built.slug, { url });
  expect(run.error).toBeNull();
  return run.result;
}

describe("a package that computes", () => {
  test.each(Object.entries(EXPECTED))("%s", async (name, expected) => {
    expect(await result(name)).toEqual(expected);
  });
});

describe("a package that cannot work", () => {
  test("is refused where the author imports it, with the reason", async () => {
    const building = buildEntry(path.join(import.meta.dirname, "fixtures/pg.ts"));
    await expect(building).rejects.toMatchObject({
      issues: [
        {
          file: "test/packages/fixtures/pg.ts",
          line: 1,
          message: expect.stringMatching(
            /"pg" cannot work in a workflow: it needs sockets .*HTTP API/,
          ) as string,
        },
      ],
    });
  });

  test("is refused at publish when it needs a machine as soon as it is loaded", async () => {
    const { folder, remove } = createProject({
      "package.json": "{}",
      "flow.ts": 'import { version } from "reads-itself"; export default () => version;',
      "node_modules/reads-itself/index.js":
        'exports.version = JSON.parse(require("fs").readFileSync("package.json", "utf8")).version;',
    });
    try {
      const built = await buildEntry(path.join(folder, "flow.ts"));
      const client = createClient({ url: product.url, apiKey: product.apiKey });
      await expect(deploy(client, built, "development")).rejects.toThrow(
        /fs\.readFileSync is not available in a workflow: it has no files/,
      );
    } finally {
      remove();
    }
  });
});

describe("a package that sends requests", () => {
  test.each(Object.entries(RESULTS_OVER_HTTP))("%s", async (name, expected) => {
    expect(await result(name)).toEqual(expected);
  });
});
