import { expect, test } from "vitest";
import { encodeFrame, FrameReader, fromSandbox, MAX_FRAME_BYTES } from "#runtime/sandbox/wire.ts";
import type { FromSandbox } from "#runtime/sandbox/wire.ts";

test("frames survive any cut", () => {
  const frames: readonly FromSandbox[] = [
    { type: "pong", nonce: 7 },
    { type: "posts", run: 1, texts: ["lä", "x".repeat(5_000)] },
    { type: "stuck", run: 2 },
  ];
  const bytes = Buffer.concat(frames.map(encodeFrame));
  for (const size of [1, 3, 7, 4_096, bytes.length]) {
    const reader = new FrameReader(fromSandbox);
    const read = [];
    for (let at = 0; at < bytes.length; at += size) {
      read.push(...reader.push(bytes.subarray(at, at + size)));
    }
    expect(read).toEqual(frames);
  }
});

test.each([
  ["an unknown type", { type: "exec", run: 1 }],
  ["an extra field", { type: "pong", nonce: 1, more: true }],
  ["a negative run", { type: "stuck", run: -1 }],
])("a frame with %s is refused", (_, frame) => {
  const json = Buffer.from(JSON.stringify(frame));
  const header = Buffer.alloc(4);
  header.writeUInt32BE(json.length);
  expect(() => new FrameReader(fromSandbox).push(Buffer.concat([header, json]))).toThrow(
    /Invalid|Unrecognized|Too small/,
  );
});

test("a frame that announces too much is refused before its bytes arrive", () => {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(MAX_FRAME_BYTES + 1);
  expect(() => new FrameReader(fromSandbox).push(header)).toThrow(RangeError);
});
