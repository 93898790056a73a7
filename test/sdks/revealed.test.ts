import { expect, test } from "vitest";
import { key, startWorld } from "./world.ts";

const world = startWorld();

test("a key that the sandbox does have is found by the search that the other tests rely on", async () => {
  const secrets = { KEY: key("control_") };
  const { found } = await world.call("revealed", { secrets, reveal: true, answer: () => ({ json: {} }) });
  expect(found).toHaveLength(2);
  for (const forms of found) {
    expect(forms).toEqual(expect.arrayContaining(["raw", "url", "base64+0", "mark"]));
  }
});
