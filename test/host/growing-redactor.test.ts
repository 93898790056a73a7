import { expect, test } from "vitest";
import { GrowingRedactor } from "#runtime/host/growing-redactor.ts";

test("learns values while it is used, and keeps what stands for one that it knows", () => {
  const redactor = new GrowingRedactor([{ value: "first-value", replacement: "[1]" }]);
  expect(redactor.text("first-value second-value")).toBe("[1] second-value");
  redactor.learn([
    { value: "second-value", replacement: "[2]", shown: true },
    { value: "first-value", replacement: "[other]" },
    { value: "", replacement: "[none]" },
  ]);
  expect(redactor.text("first-value second-value")).toBe("[1] [2]");
  expect(redactor.json({ "second-value": ["first-value"] })).toEqual({ "[2]": ["[1]"] });
  expect(redactor.open("second-va")).toBeGreaterThan(0);
});

/** Reads a stream that is written chunk by chunk; `before` is called before each chunk. */
async function through(
  redactor: GrowingRedactor,
  chunks: readonly string[],
  before: (index: number) => void,
): Promise<string> {
  const { readable, writable } = redactor.stream();
  const writer = writable.getWriter();
  const writing = (async () => {
    for (const [index, chunk] of chunks.entries()) {
      before(index);
      await writer.write(Buffer.from(chunk));
    }
    await writer.close();
  })();
  const read: Uint8Array[] = [];
  for await (const chunk of readable) {
    read.push(chunk);
  }
  await writing;
  return Buffer.concat(read).toString("utf8");
}

test("a stream under way knows what is learnt meanwhile, across chunks, and loses nothing", async () => {
  const redactor = new GrowingRedactor([{ value: "first-value", replacement: "[1]" }]);
  const chunks = ["a first-va", "lue b ", "c sec", "ond-va", "lue d first-", "value e third-value", " end"];
  const text = await through(redactor, chunks, (index) => {
    if (index === 2) {
      redactor.learn([{ value: "second-value", replacement: "[2]" }]);
    }
    if (index === 5) {
      redactor.learn([{ value: "third-value", replacement: "[3]" }]);
    }
  });
  expect(text).toBe("a [1] b c [2] d [1] e [3] end");
});

test("a stream that nobody reads to its end gives up its source", async () => {
  const redactor = new GrowingRedactor([{ value: "first-value", replacement: "[1]" }]);
  const cancelled = Promise.withResolvers<unknown>();
  const source = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      controller.enqueue(Buffer.from("text "));
    },
    cancel: cancelled.resolve,
  });
  const reader = source.pipeThrough(redactor.stream()).getReader();
  await reader.read();
  redactor.learn([{ value: "second-value", replacement: "[2]" }]);
  await reader.read();
  await reader.cancel("enough");
  await expect(cancelled.promise).resolves.toBe("enough");
});
