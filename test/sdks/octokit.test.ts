import { expect, test } from "vitest";
import type { Received, TestServer } from "#test/egress/server.ts";
import { expectBlind, key, startWorld } from "./world.ts";
import type { Answer } from "./world.ts";

const world = startWorld();

function answer({ url }: Received, { origin }: TestServer): Answer {
  switch (url) {
    case "/user":
      return { json: { login: "ada" } };
    case "/graphql":
      return { json: { data: { viewer: { login: "ada" } } } };
    case "/applications/client-1/token":
      return { json: { id: 7 } };
    case "/repos/o/r/issues?per_page=1":
      return {
        json: [{ number: 1 }],
        headers: { link: `<${origin}/repos/o/r/issues?per_page=1&page=2>; rel="next"` },
      };
    default:
      return { json: [{ number: 2 }] };
  }
}

test("octokit asks, pages and queries with a token that it never sees, and proves an app by Basic", async () => {
  const secrets = { GITHUB_TOKEN: key("ghp_"), CLIENT_SECRET: key("") };
  const called = await world.call("octokit", { secrets, answer });
  expect(called.result).toEqual({ user: "ada", issues: [1, 2], viewer: "ada", checked: 7 });
  const byToken = called.received.slice(0, 4);
  expect(byToken.map(({ url }) => url)).toEqual([
    "/user",
    "/repos/o/r/issues?per_page=1",
    "/repos/o/r/issues?per_page=1&page=2",
    "/graphql",
  ]);
  for (const { headers } of byToken) {
    expect(headers.authorization).toBe(`token ${secrets.GITHUB_TOKEN}`);
  }
  const check = called.received[4];
  const [scheme, credentials = ""] = (check?.headers.authorization ?? "").split(" ");
  expect(scheme?.toLowerCase()).toBe("basic");
  expect(Buffer.from(credentials, "base64").toString()).toBe(`client-1:${secrets.CLIENT_SECRET}`);
  expect(JSON.parse(check?.body ?? "")).toEqual({ access_token: secrets.GITHUB_TOKEN });
  expectBlind(called, secrets);
});
