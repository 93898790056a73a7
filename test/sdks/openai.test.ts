import { expect, test } from "vitest";
import { expectBlind, key, startWorld } from "./world.ts";
import type { Answer } from "./world.ts";

const world = startWorld();

const delta = (content: string): string =>
  `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", choices: [{ index: 0, delta: { content } }] })}\n\n`;

function answer(url: string, body: string): Answer {
  if (url === "/v1/files") {
    return { json: { id: "file-1", object: "file" } };
  }
  if (url.startsWith("/v1/models/")) {
    return { status: 404, json: { error: { message: "no such model", type: "invalid_request_error" } } };
  }
  return (JSON.parse(body) as { stream?: boolean }).stream === true
    ? { events: [delta("Hel"), delta("lo"), delta("!"), "data: [DONE]\n\n"] }
    : { json: { choices: [{ index: 0, message: { role: "assistant", content: "Hello" } }] } };
}

test("openai completes, streams, uploads and fails with a key that it never sees", async () => {
  const secrets = { OPENAI_KEY: key("sk-proj-") };
  const called = await world.call("openai", { secrets, answer: ({ url, body }) => answer(url, body) });
  expect(called.result).toEqual({
    said: "Hello",
    pieces: ["Hel", "lo", "!"],
    file: "file-1",
    refused: "404 no such model",
  });
  expect(called.received.map(({ url }) => url)).toEqual([
    "/v1/chat/completions",
    "/v1/chat/completions",
    "/v1/files",
    "/v1/models/none",
  ]);
  for (const { headers } of called.received) {
    expect(headers.authorization).toBe(`Bearer ${secrets.OPENAI_KEY}`);
  }
  const upload = called.received[2];
  const form = await new Response(Buffer.from(upload?.body ?? "", "latin1"), {
    headers: { "content-type": upload?.headers["content-type"] ?? "" },
  }).formData();
  expect(form.get("purpose")).toBe("fine-tune");
  expect(form.get("file")).toMatchObject({ name: "lines.jsonl", type: "application/jsonl" });
  expect(await (form.get("file") as File).text()).toBe('{"a":1}\n{"a":2}\n');
  expectBlind(called, secrets);
});
