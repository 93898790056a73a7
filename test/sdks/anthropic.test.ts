import { expect, test } from "vitest";
import { expectBlind, key, startWorld } from "./world.ts";

const world = startWorld();

const MESSAGE = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "claude-test",
  content: [],
  stop_reason: null,
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 1 },
};
const TEXT = { type: "text", text: "Hello" };
const said = (text: string) => ({
  type: "content_block_delta",
  index: 0,
  delta: { type: "text_delta", text },
});

const EVENTS = [
  { type: "message_start", message: MESSAGE },
  { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
  said("Hel"),
  said("lo"),
  { type: "content_block_stop", index: 0 },
  { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 2 } },
  { type: "message_stop" },
].map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);

test("@anthropic-ai/sdk answers and streams with a key that it never sees", async () => {
  const secrets = { ANTHROPIC_KEY: key("sk-ant-api03-") };
  const called = await world.call("anthropic", {
    secrets,
    answer: ({ body }) =>
      (JSON.parse(body) as { stream?: boolean }).stream === true
        ? { events: EVENTS }
        : { json: { ...MESSAGE, content: [TEXT], stop_reason: "end_turn" } },
  });
  expect(called.result).toMatchObject({
    said: [TEXT],
    pieces: ["Hel", "lo"],
    final: [TEXT],
    stopped: "end_turn",
  });
  expect(called.received.map(({ url }) => url)).toEqual(["/v1/messages", "/v1/messages", "/v1/messages"]);
  for (const { headers } of called.received) {
    expect(headers.authorization).toBe(`Bearer ${secrets.ANTHROPIC_KEY}`);
    expect(headers["anthropic-version"]).toMatch(/^\d{4}-/);
  }
  expectBlind(called, secrets);
});
