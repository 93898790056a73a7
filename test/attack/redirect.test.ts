import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serve } from "#test/egress/server.ts";
import type { TestServer } from "#test/egress/server.ts";
import { startProduct } from "#test/support/product.ts";
import type { Product } from "#test/support/product.ts";
import { deployWorkflow, runWorkflow, triedOnce } from "#test/support/workflow.ts";
import type { RunJson } from "#test/support/workflow.ts";

const VALUE = "sk_live_Never_To_A_Stranger_77";

let product: Product;
beforeAll(async () => {
  // One loopback address is allowed, the others stay as private as they are.
  product = await startProduct({ env: { TENON_EGRESS_ALLOW: "127.0.0.1/32" } });
});
afterAll(async () => product.close());

let made = 0;

/** A run that asks for `url` with the key in a header; the key is bound to `bound`, the manifest allows `egress`. */
async function ask(
  url: string,
  options: { readonly bound: readonly TestServer[]; readonly egress?: readonly string[] },
): Promise<RunJson> {
  const name = `KEY_${String((made += 1))}`;
  await product.call("PUT", `/environments/development/secrets/${name}`, {
    value: VALUE,
    hosts: options.bound.map(({ pattern }) => pattern),
  });
  const slug = `ask-${String(made)}`;
  await deployWorkflow(
    product,
    slug,
    triedOnce(
      `async (ctx) => {
        const answer = await ctx.fetch(ctx.input, { headers: { "x-api-key": ctx.secrets.${name} } });
        return { status: answer.status, url: answer.url, redirected: answer.redirected, text: await answer.text() };
      }`,
      `needs: { secrets: { ${name}: {} }, egress: ${JSON.stringify(options.egress ?? [])} }`,
    ),
  );
  const run = await runWorkflow(product, slug, url);
  expect(JSON.stringify(run)).not.toContain(VALUE);
  return run;
}

const redirectTo = async (location: string): Promise<TestServer> =>
  serve((got, response) => {
    if (got.url === "/end") {
      response.end(`arrived with ${String(got.headers["x-api-key"])}`);
    } else {
      response.writeHead(302, { location }).end();
    }
  });

describe("a redirect", () => {
  test("to a private address is not followed, declared or not, and no byte leaves", async () => {
    const target = await serve((_, response) => response.end("inside"), { address: "127.0.0.2" });
    const front = await redirectTo(`${target.origin}/latest/meta-data`);
    const run = await ask(front.origin, { bound: [front, target], egress: [target.pattern] });
    expect(run).toMatchObject({ status: "failed", error: { code: "TENON_EGRESS_ADDRESS" } });
    const undeclared = await ask(front.origin, { bound: [front] });
    expect(undeclared).toMatchObject({ status: "failed", error: { code: "TENON_EGRESS_DENIED" } });
    expect(front.received.length).toBe(2);
    expect(target.connections()).toBe(0);
  });

  test.each(["http://169.254.169.254", "http://[::1]", "http://10.0.0.1", "http://2130706434"])(
    "to %s is refused although the manifest declares it",
    async (origin) => {
      const front = await redirectTo(`${origin}/`);
      const canonical = new URL(origin);
      const run = await ask(front.origin, { bound: [front], egress: [`http://${canonical.hostname}`] });
      expect(run.status).toBe("failed");
      expect(run.error?.code).toMatch(/^TENON_(EGRESS_ADDRESS|SECRET_HOST)$/);
    },
  );

  test("to another host with the placeholder in a header is refused before a byte leaves", async () => {
    const stranger = await serve((_, response) => response.end("thanks"));
    const api = await redirectTo(`${stranger.origin}/collect`);
    const run = await ask(api.origin, { bound: [api], egress: [stranger.pattern] });
    expect(run).toMatchObject({ status: "failed", error: { code: "TENON_SECRET_HOST" } });
    expect(api.received[0]?.headers["x-api-key"]).toBe(VALUE);
    expect(stranger.connections()).toBe(0);
  });

  test("that spells the real value out towards another host is refused too", async () => {
    const stranger = await serve((_, response) => response.end("thanks"));
    const api = await redirectTo(`${stranger.origin}/?key=${VALUE}`);
    const run = await ask(api.origin, { bound: [api], egress: [stranger.pattern] });
    expect(run).toMatchObject({ status: "failed", error: { code: "TENON_SECRET_HOST" } });
    expect(stranger.connections()).toBe(0);
  });

  test("that makes the real value a part of a host tells it neither to a name server nor to the workflow", async () => {
    const api = await redirectTo(`https://${VALUE}.stranger.test/`);
    const run = await ask(api.origin, { bound: [api] });
    expect(run).toMatchObject({ status: "failed", error: { code: "TENON_EGRESS_DENIED" } });
    expect(JSON.stringify(run).toLowerCase()).not.toContain(VALUE.toLowerCase());
  });

  test("to the same host is followed with the key, whose echo comes back as the placeholder", async () => {
    const api = await redirectTo("/end");
    const run = await ask(api.origin, { bound: [api] });
    expect(run).toMatchObject({
      status: "completed",
      result: { status: 200, redirected: true, url: `${api.origin}/end` },
    });
    expect((run.result as { text: string }).text).toMatch(/^arrived with tnsec_[0-9a-f]{32}$/);
    expect(api.received.map(({ headers }) => headers["x-api-key"])).toEqual([VALUE, VALUE]);
  });

  test("to another bound host brings the key there", async () => {
    const second = await redirectTo("/end");
    const first = await redirectTo(`${second.origin}/end`);
    const run = await ask(first.origin, { bound: [first, second] });
    expect(run.status).toBe("completed");
    expect(second.received[0]?.headers["x-api-key"]).toBe(VALUE);
  });

  test("without an end is given up", async () => {
    const api = await redirectTo("/again");
    const run = await ask(api.origin, { bound: [api] });
    expect(run).toMatchObject({ status: "failed", error: { code: "TENON_FETCH_FAILED" } });
    expect(api.received.length).toBe(21);
  });
});
