import { expect, test } from "vitest";
import { encodeFrame, FrameReader, fromSandbox, MAX_FRAME_BYTES } from "#runtime/sandbox/wire.ts";
import type { FromSandbox } from "#runtime/sandbox/wire.ts";

test("frames survive any cut", () => {
  const frames: readonly FromSandbox[] = [
    { type: "pong", nonce: 7, sliceMs: 0.5 },
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
  ["an extra field", { type: "pong", nonce: 1, sliceMs: 0, more: true }],
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

test.each([
  ["objects", `{"type":"posts","run":1,"texts":[${"{},".repeat(1_000)}{}]}`],
  ["lists", `{"type":"posts","run":1,"texts":${"[".repeat(1_000)}`],
  ["names", `{"type":"posts","run":1,"texts":[${'{"":0},'.repeat(110_000)}{}]}`],
])("a frame of many %s is refused before it is parsed", (_, json) => {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(json.length);
  const frame = Buffer.concat([header, Buffer.from(json)]);
  expect(() => new FrameReader(fromSandbox).push(frame)).toThrow(/not made as frames are/);
});

test("texts hold whatever they like", () => {
  const texts = ['"\\'.repeat(1_000), "[".repeat(1_000), "", '\\"', '"', "{},".repeat(1_000)];
  const frame: FromSandbox = { type: "posts", run: 1, texts };
  expect(new FrameReader(fromSandbox).push(encodeFrame(frame))).toEqual([frame]);
  const many: FromSandbox = { type: "posts", run: 1, texts: Array<string>(100_000).fill("") };
  expect(new FrameReader(fromSandbox).push(encodeFrame(many))).toEqual([many]);
});
