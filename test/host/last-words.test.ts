import { spawn } from "node:child_process";
import { buffer } from "node:stream/consumers";
import { expect, test } from "vitest";
import { LastWords } from "#runtime/host/last-words.ts";

async function wordsOf(code: string): Promise<string> {
  const child = spawn(process.execPath, ["--eval", code], { stdio: ["ignore", "ignore", "pipe"] });
  const words = new LastWords();
  words.add(await buffer(child.stderr));
  return words.lastLine;
}

test("what a process died of is the error that it threw, or else the last line that it wrote", async () => {
  expect(await wordsOf("throw new TypeError('no such thing')")).toBe("TypeError: no such thing");
  expect(await wordsOf("console.error('first'); console.error('last  \\n')")).toBe("last");
  expect(await wordsOf("")).toBe("");
});
