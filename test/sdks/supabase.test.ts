import { expect, test } from "vitest";
import type { Received } from "#test/egress/server.ts";
import { expectBlind, key, startWorld } from "./world.ts";
import type { Answer } from "./world.ts";

const world = startWorld();

function answer({ method, url }: Received): Answer {
  const [path = ""] = url.split("?");
  switch (`${method} ${path}`) {
    case "POST /rest/v1/notes":
      return { status: 201, json: { id: 1, text: "hello" } };
    case "GET /rest/v1/notes":
      return { json: [{ id: 1, text: "a&b" }], headers: { "content-range": "0-0/1" } };
    case "POST /storage/v1/object/files/a/b.txt":
      return { json: { Id: "1", Key: "files/a/b.txt" } };
    case "GET /storage/v1/object/files/a/b.txt":
      return { json: "some bytes" };
    case "GET /auth/v1/admin/users":
      return { json: { users: [{ id: "u" }], aud: "" } };
    case "POST /functions/v1/greet":
      return { json: { greeting: "Hello Ada" } };
    default:
      return { status: 404, json: { message: `${method} ${url}` } };
  }
}

test("@supabase/supabase-js works on rows, files, users and functions with a key that it never sees", async () => {
  const secrets = { SUPABASE_KEY: key("sb_secret_") };
  const called = await world.call("supabase", { secrets, answer });
  expect(called.result).toEqual({
    inserted: { id: 1, text: "hello" },
    listed: [{ id: 1, text: "a&b" }],
    uploaded: "a/b.txt",
    downloaded: '"some bytes"',
    users: 1,
    invoked: { greeting: "Hello Ada" },
    errors: Array.from({ length: 6 }, () => "null"),
  });
  for (const { headers } of called.received) {
    expect(headers["apikey"]).toBe(secrets.SUPABASE_KEY);
    expect([undefined, `Bearer ${secrets.SUPABASE_KEY}`]).toContain(headers.authorization);
  }
  const upload = called.received.find(({ method, url }) => method === "POST" && url.startsWith("/storage"));
  const form = await new Response(Buffer.from(upload?.body ?? "", "latin1"), {
    headers: { "content-type": upload?.headers["content-type"] ?? "" },
  }).formData();
  expect(await (form.get("") as File).text()).toBe("some bytes");
  expect(JSON.parse(form.get("metadata") as string)).toEqual({ kind: "note" });
  expectBlind(called, secrets);
});
