import { expect, test } from "vitest";
import { Outbox } from "#runtime/sandbox/outbox.ts";
import { encodeFrame } from "#runtime/sandbox/wire.ts";

test("whatever a run posts in one turn, it leaves in frames that the wire allows", async () => {
  const sent: number[] = [];
  const outbox = new Outbox((texts) => {
    encodeFrame({ type: "posts", run: 1, texts });
    sent.push(texts.length);
  });
  const wide = "\u4e00".repeat(7_000_000);
  for (let n = 0; n < 5; n += 1) {
    outbox.add(wide);
  }
  await expect.poll(() => sent.reduce((sum, texts) => sum + texts, 0)).toBe(5);
  outbox.add(wide);
  outbox.add(wide);
  outbox.hold(wide);
  expect(() => encodeFrame({ type: "posts", run: 1, texts: outbox.take() })).not.toThrow();
});
