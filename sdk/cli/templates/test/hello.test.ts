import assert from "node:assert/strict";
import { test } from "node:test";
import { InvalidInputError, runWorkflow } from "tenon/testing";
import hello from "../src/workflows/hello.ts";

test("greets by name", async () => {
  const { result, logged } = await runWorkflow(hello, { input: { name: "Ada" } });
  assert.deepEqual(result, { greeting: "Hello, Ada!" });
  assert.equal(logged[0]?.message, "greeting");
});

test("greets the world when nobody is named", async () => {
  const { result } = await runWorkflow(hello, { input: {} });
  assert.deepEqual(result, { greeting: "Hello, world!" });
});

test("refuses an empty name", async () => {
  await assert.rejects(runWorkflow(hello, { input: { name: "" } }), InvalidInputError);
});
