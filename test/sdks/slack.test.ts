import { expect, test } from "vitest";
import type { Received, TestServer } from "#test/egress/server.ts";
import { expectBlind, key, startWorld } from "./world.ts";
import type { Answer } from "./world.ts";

const world = startWorld();

function answer({ url, body }: Received, { origin }: TestServer): Answer {
  switch (url) {
    case "/api/auth.test":
      return { json: { ok: true, user: "bot" } };
    case "/api/chat.postMessage":
      return { json: { ok: true, ts: "1.2" } };
    case "/api/conversations.list": {
      const second = new URLSearchParams(body).get("cursor") === "next";
      return {
        json: {
          ok: true,
          channels: [{ id: second ? "C2" : "C1" }],
          response_metadata: { next_cursor: second ? "" : "next" },
        },
      };
    }
    case "/api/files.getUploadURLExternal":
      return { json: { ok: true, upload_url: `${origin}/upload/1`, file_id: "F1" } };
    case "/api/files.completeUploadExternal":
      return { json: { ok: true, files: [{ id: "F1" }] } };
    case "/upload/1":
      return { json: "OK" };
    default:
      return { json: { ok: false, error: "user_not_found" } };
  }
}

test("@slack/web-api posts, pages, uploads and fails with a token that it never sees", async () => {
  const secrets = { SLACK_TOKEN: key("xoxb-1-") };
  const called = await world.call("slack", { secrets, answer });
  expect(called.result).toEqual({
    user: "bot",
    ts: "1.2",
    channels: ["C1", "C2"],
    refused: "WebAPIPlatformError: An API error occurred: user_not_found",
    uploaded: true,
  });
  const message = called.received.find(({ url }) => url === "/api/chat.postMessage");
  const form = new URLSearchParams(message?.body);
  expect(form.get("text")).toBe("a & b");
  expect(JSON.parse(form.get("blocks") ?? "")).toEqual([
    { type: "section", text: { type: "mrkdwn", text: "*é*" } },
  ]);
  for (const { headers } of called.received.filter(({ url }) => url.startsWith("/api/"))) {
    expect(headers.authorization).toBe(`Bearer ${secrets.SLACK_TOKEN}`);
  }
  const upload = called.received.find(({ url }) => url === "/upload/1");
  expect(upload?.body).toContain("some text");
  expectBlind(called, secrets);
});
