import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { builtInConnector } from "#connectors/index.ts";
import { ExerciseError, exerciseConnector } from "#sdk/connector-testing.ts";
import type { ConnectorInput } from "#sdk/connector/schema.ts";
import { connector as acme } from "#sdk/examples/acme-crm.connector.ts";
import { startProduct } from "#test/support/product.ts";
import type { Product } from "#test/support/product.ts";

// A life is a dozen runs, and the first one waits for the first sandbox.
vi.setConfig({ testTimeout: 120_000 });

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(async () => product.close());

const LIFE = ["connect", "use", "expire", "refresh", "rotate", "revoke", "reconnect", "disconnect"];

test("the example lives as it should, from connecting to disconnecting", async () => {
  const { passed, skipped, counts } = await exerciseConnector(product, acme);
  expect(passed).toEqual(LIFE);
  expect(skipped).toEqual([]);
  expect(counts).toMatchObject({ authorizations: 2, revocations: 1, reuses: 0 });
});

test("a pasted key is used, connected again and disconnected; what has no use is skipped", async () => {
  const definition: ConnectorInput = {
    ...acme,
    auth: [{ id: "key", type: "api-key", label: "API key", name: "X-Api-Key" }],
  };
  const { passed, skipped } = await exerciseConnector(product, definition);
  expect(passed).toEqual(["connect", "use", "reconnect", "disconnect"]);
  expect(skipped.map(({ step }) => step)).toEqual(["expire", "refresh", "rotate", "revoke"]);
});

test("a step that fails is named, with what happened", async () => {
  const exercise = exerciseConnector(product, acme, {
    answer: ({ endpoint }) => (endpoint === "api" ? { status: 418 } : undefined),
  });
  await expect(exercise).rejects.toThrow(ExerciseError);
  await expect(exercise).rejects.toMatchObject({
    step: "use",
    message: expect.stringContaining("418") as unknown,
  });
});

test.each([
  // The base URL comes with the tokens, which tell no end.
  ["salesforce", LIFE],
  // The company comes in the callback.
  ["quickbooks", LIFE],
  // Two token sets, errors with status 200, an expiry signal in the body.
  ["slack", LIFE],
  // Ids are looked up after the exchange.
  ["jira", LIFE],
])("%s of the catalogue lives as it should", async (slug, life) => {
  const definition = builtInConnector(slug);
  if (definition === undefined) {
    throw new Error(`there is no ${slug} in the catalogue`);
  }
  const { passed } = await exerciseConnector(product, definition);
  expect(passed).toEqual(life);
});

test("nothing of an exercise stays behind", async () => {
  const left = await Promise.all(
    ["/environments", "/connectors?source=organization", "/oauth-apps", "/connections", "/workflows"].map(
      async (route) => (await product.call<{ data: readonly { slug: string }[] }>("GET", route)).body.data,
    ),
  );
  expect(left.flat().filter(({ slug }) => slug?.includes("-exercise-"))).toEqual([]);
});
