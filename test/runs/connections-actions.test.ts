import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ActionInput } from "#sdk/connector/action.ts";
import { serve } from "#test/egress/server.ts";
import { startProduct } from "#test/support/product.ts";
import type { Product } from "#test/support/product.ts";
import { deployWorkflow, runWorkflow } from "#test/support/workflow.ts";
import { connect, connectEchoing, json, makeConnector, runWith, TOKEN } from "./connections.ts";

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(async () => product.close());

const property = (type: string): object => ({ type });
/** A schema of an object that has these properties, of any type. */
const inputOf = (names: readonly string[], required: readonly string[] = []): Record<string, unknown> => ({
  type: "object",
  properties: Object.fromEntries(names.map((name) => [name, {}])),
  required,
});

const GET_PARTS: ActionInput = {
  slug: "get-parts",
  name: "Get",
  input: inputOf(["id"], ["id"]),
  http: { method: "GET", path: "/v1/things/{id}/parts" },
};
const GET_PARTS_OF_INPUT = `async (ctx) => (await ctx.connections.api.actions.getParts({ id: ctx.input })).url`;

describe("an action", () => {
  test("puts its input where the definition says", async () => {
    const { server, needs } = await connectEchoing(product, [
      {
        slug: "find-things",
        name: "Find",
        input: inputOf(["folderId", "ids", "tags", "filter", "trace", "page"], ["folderId"]),
        http: {
          method: "GET",
          path: "/folders/{folderId}/things",
          query: { version: "2" },
          params: {
            ids: { in: "query", list: "brackets" },
            tags: { in: "query", list: "comma", as: "tag" },
            filter: { in: "query", object: "deep" },
            trace: { in: "header", as: "X-Trace" },
          },
        },
      },
      {
        slug: "make-thing",
        name: "Make",
        http: {
          method: "POST",
          path: "/things",
          wrap: "data.attributes",
          fixed: { data: { type: "thing" } },
          result: "body",
        },
      },
      {
        slug: "send-form",
        name: "Form",
        input: inputOf(["a", "meta", "list"]),
        http: {
          method: "POST",
          path: "/form",
          body: "form",
          params: { meta: { in: "body", object: "deep" } },
        },
      },
      {
        slug: "put-text",
        name: "Text",
        input: inputOf(["path", "content"], ["path"]),
        http: {
          method: "PUT",
          path: "/text/{path}",
          body: "text",
          params: { path: { in: "path", segments: true }, content: { in: "body-root" } },
        },
      },
      { slug: "send-file", name: "File", http: { method: "POST", path: "/file", body: "multipart" } },
    ]);
    const run = await runWith(
      product,
      needs,
      `async (ctx) => {
        const { actions } = ctx.connections.api;
        return [
          (await actions.findThings({ folderId: "a/b c", ids: [1, 2], tags: ["x", "y"], filter: { name: { eq: "ä" } }, trace: "t1", page: 3 })).url,
          await actions.makeThing({ name: "n", size: 2 }),
          (await actions.sendForm({ a: "1 2", meta: { key: "v" }, list: ["x", "y"] })).body,
          (await actions.putText({ path: "dir/file name.txt", content: "héllo" })).url,
          (await actions["send-file"]({ note: "hi", file: { filename: "a.txt", contentType: "text/plain", data: "aGVsbG8=" } })).type.split(";")[0],
        ];
      }`,
    );
    expect(run.result).toEqual([
      "/folders/a%2Fb%20c/things?version=2&ids[]=1&ids[]=2&tag=x%2Cy&filter[name][eq]=%C3%A4&page=3",
      JSON.stringify({ data: { type: "thing", attributes: { name: "n", size: 2 } } }),
      "a=1+2&meta%5Bkey%5D=v&list=x&list=y",
      "/text/dir/file%20name.txt",
      "multipart/form-data",
    ]);
    expect(server.received[0]?.headers).toMatchObject({ "x-trace": "t1", authorization: `Bearer ${TOKEN}` });
    expect(server.received[3]?.body).toBe(Buffer.from("héllo").toString("latin1"));
    expect(server.received[4]?.body).toMatch(
      /name="file"; filename="a\.txt"\r\ncontent-type: text\/plain\r\n\r\nhello\r\n--/,
    );
  });

  test.each([
    ["{ email: 5 }", "input.email"],
    ["{}", "email"],
    ["{ email: 'a@b.c', address: { zip: true } }", "input.address.zip"],
    ["{ email: 'a@b.c', tags: ['x', 1] }", "input.tags.1"],
    ["{ email: 'a@b.c', size: 'XXL' }", "input.size"],
    ["{ email: 'a@b.c', other: 1 }", "other"],
    ["'text'", "input"],
    ["[]", "input"],
    ["null", "input"],
  ])("refuses an input that does not fit, before anything is sent: %s", async (input, field) => {
    const { server, needs } = await connectEchoing(product, [
      {
        slug: "create-contact",
        name: "Create",
        input: {
          type: "object",
          required: ["email"],
          additionalProperties: false,
          properties: {
            email: property("string"),
            size: { enum: ["S", "M"] },
            tags: { type: "array", items: property("string") },
            address: { $ref: "#/$defs/address" },
          },
          $defs: { address: { type: "object", properties: { zip: property("string") } } },
        },
        http: { method: "POST", path: "/contacts" },
      },
    ]);
    const run = await runWith(
      product,
      needs,
      `async (ctx) => ctx.connections.api.actions.createContact(${input})`,
    );
    expect(run).toMatchObject({ status: "failed", error: { code: "TENON_ACTION_INPUT" } });
    expect(run.error?.message).toContain(field);
    expect(run.error?.message).toContain('"create-contact"');
    expect(run.error?.location).toMatchObject({ line: 2 });
    expect(server.connections()).toBe(0);
  });

  test.each(["..", ".", ""])("lets no value of a path lead elsewhere: %o", async (id) => {
    const { server, needs } = await connectEchoing(product, [GET_PARTS]);
    const run = await runWith(product, needs, GET_PARTS_OF_INPUT, { input: id });
    expect(run).toMatchObject({ status: "failed", error: { code: "TENON_ACTION_INPUT" } });
    expect(run.error?.message).toContain("input.id");
    expect(server.connections()).toBe(0);
  });

  test("encodes what a value of a path may hold", async () => {
    const { needs } = await connectEchoing(product, [GET_PARTS]);
    const run = await runWith(product, needs, GET_PARTS_OF_INPUT, { input: "../../admin?x#y\\z" });
    expect(run.result).toBe("/v1/things/..%2F..%2Fadmin%3Fx%23y%5Cz/parts");
  });

  test("whose answer is an error fails with the status and the provider's reason, without the credential", async () => {
    const server = await serve((request, response) =>
      json(response, { error: `no such thing for ${String(request.headers.authorization)}` }, 404),
    );
    const connector = await makeConnector(product, server.port, {
      actions: [{ slug: "get-thing", name: "Get", http: { method: "GET", path: "/thing" } }],
    });
    await connect(product, { connector, secrets: { token: TOKEN } });
    const run = await runWith(
      product,
      { api: { connector } },
      `async (ctx) => {
        try { await ctx.connections.api.actions.getThing(); } catch (error) { return { code: error.code, status: error.status, message: error.message }; }
      }`,
    );
    expect(run.result).toMatchObject({ code: "TENON_ACTION_FAILED", status: 404 });
    const { message } = run.result as { message: string };
    expect(message).toMatch(
      /The action "get-thing" of "api" was answered with 404: .*no such thing for Bearer tncred_/,
    );
    expect(JSON.stringify(run)).not.toContain(TOKEN);
  });

  test("that cannot succeed is not tried again, whatever the workflow's retries are", async () => {
    const { needs } = await connectEchoing(product, [GET_PARTS]);
    await deployWorkflow(
      product,
      "tried-by-default",
      `import { defineWorkflow } from "tenon";
export default defineWorkflow({ needs: { connections: ${JSON.stringify(needs)} } }, async (ctx) => ctx.connections.api.actions[ctx.input]({}));`,
    );
    for (const [name, code] of [
      ["getParts", "TENON_ACTION_INPUT"],
      ["getNothing", "TENON_ACTION_UNKNOWN"],
    ]) {
      const run = await runWorkflow(product, "tried-by-default", name);
      expect(run).toMatchObject({ status: "failed", attempt: 1, error: { code } });
    }
  });

  test("that there is none of is an error with those that are near", async () => {
    const { needs } = await connectEchoing(product, [
      { slug: "create-contact", name: "C", http: { method: "POST", path: "/c" } },
      { slug: "list-deals", name: "L", http: { method: "GET", path: "/d" } },
    ]);
    const run = await runWith(product, needs, `async (ctx) => ctx.connections.api.actions.createKontact({})`);
    expect(run).toMatchObject({ status: "failed", error: { code: "TENON_ACTION_UNKNOWN" } });
    expect(run.error?.message).toMatch(/no action "createKontact".*createContact, listDeals/);
  });

  test("that says that it is idempotent is repeated after a failure", async () => {
    let tries = 0;
    const server = await serve((_, response) => {
      tries += 1;
      json(response, { tries }, tries < 3 ? 503 : 200, { "retry-after": "0" });
    });
    const connector = await makeConnector(product, server.port, {
      actions: [{ slug: "upsert", name: "U", idempotent: true, http: { method: "POST", path: "/u" } }],
    });
    await connect(product, { connector, secrets: { token: TOKEN } });
    const run = await runWith(
      product,
      { api: { connector } },
      `async (ctx) => ctx.connections.api.actions.upsert({})`,
    );
    expect(run.result).toEqual({ tries: 3 });
  });
});
