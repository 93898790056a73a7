import { expect, test } from "vitest";
import { expectBlind, key, startWorld } from "./world.ts";

const world = startWorld();

test("@notionhq/client reads and makes a page with a key that it never sees", async () => {
  const secrets = { NOTION_KEY: key("ntn_") };
  const called = await world.call("notion", {
    secrets,
    answer: ({ method, headers }) => ({
      json: { object: "page", id: `${method.toLowerCase()}-page`, echoed: headers.authorization },
    }),
  });
  expect(called.result).toEqual({ page: "get-page", created: "post-page" });
  expect(called.received.map(({ method, url }) => [method, url])).toEqual([
    ["GET", "/v1/pages/59833787-2cf9-4fdf-8782-e53db20768a5"],
    ["POST", "/v1/pages"],
  ]);
  for (const { headers } of called.received) {
    expect(headers.authorization).toBe(`Bearer ${secrets.NOTION_KEY}`);
    expect(headers["notion-version"]).toMatch(/^\d{4}-/);
  }
  expectBlind(called, secrets);
});
