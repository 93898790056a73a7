import { afterEach, expect, test, vi } from "vitest";
import { startProcess } from "#test/sandbox/in-process.ts";

afterEach(() => {
  vi.useRealTimers();
});

test("a worker that was away for long does not take its processes for silent", async () => {
  const { process, run } = await startProcess();
  vi.useFakeTimers({ toFake: ["Date"] });
  const ended = run({
    code: "async () => { await new Promise((r) => setTimeout(r, 2_000)); return 1; }",
    warm: null,
  });
  vi.setSystemTime(Date.now() + 60_000);
  expect(await ended).toMatchObject({ end: "settled", word: "d1" });
  process.kill("killed");
});
