import { afterAll, beforeAll, expect, test } from "vitest";
import { startProduct } from "#test/support/product.ts";
import type { Product } from "#test/support/product.ts";
import { deployWorkflow, logsOf, runWorkflow } from "#test/support/workflow.ts";

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(async () => product.close());

const NASTY = String.raw`a\u0000b\ud800c`;
const SHOWN = "a\ufffdb\ufffdc";

/** A workflow of one try whose handler has that body. */
async function deployed(slug: string, body: string): Promise<string> {
  await deployWorkflow(
    product,
    slug,
    `import { defineWorkflow } from "tenon";
     export default defineWorkflow({ tier: "instant" }, async (ctx) => { ${body} });`,
  );
  return slug;
}

test("a log with characters that PostgreSQL refuses is written, and its run is not lost", async () => {
  const deep = "let deep = 1; for (let i = 0; i < 900; i += 1) deep = [deep];";
  const slug = await deployed(
    "logs-nul",
    `console.log("${NASTY}"); ctx.log.info("${NASTY}", { "${NASTY}": "${NASTY}" }); ${deep} ctx.log.info("deep", { deep }); return 1;`,
  );
  const run = await runWorkflow(product, slug);
  expect(run).toMatchObject({ status: "completed", result: 1, attempt: 1 });
  const [spoken, structured] = await logsOf(product, run.id);
  expect(spoken?.message).toContain(SHOWN);
  expect(structured).toMatchObject({ message: SHOWN, data: { [SHOWN]: SHOWN } });
});

test("an error with such characters ends its run at once, and not a minute later in another's name", async () => {
  const slug = await deployed(
    "throws-nul",
    `throw Object.assign(new Error("${NASTY}", { cause: new Error("${NASTY}") }), { name: "${NASTY}" });`,
  );
  const run = await runWorkflow(product, slug);
  expect(run).toMatchObject({ status: "failed", attempt: 1, error: { code: "TENON_USER_ERROR" } });
  expect(run.error?.message).toContain(SHOWN);
});

test("a result may hold them: it is sealed", async () => {
  const run = await runWorkflow(product, await deployed("result-nul", `return "${NASTY}";`));
  expect(run).toMatchObject({ status: "completed", attempt: 1 });
});

test("a manifest that names them is refused, or kept, at once", async () => {
  await product.call("POST", "/workflows", { slug: "manifest-nul" });
  const answer = await product.call("POST", "/workflows/manifest-nul/versions", {
    source: `import { defineWorkflow } from "tenon";
      export default defineWorkflow({ needs: { secrets: { "${NASTY}": {} } } } as never, async () => 1);`,
  });
  expect(answer.status).toBe(422);
});
