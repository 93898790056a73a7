import { createInterface } from "node:readline/promises";
import { text } from "node:stream/consumers";
import { CliError, usageError } from "./exit.ts";

/**
 * Reads a value that must not be seen: typed without echo on a terminal, or from standard input, where one
 * line end after it is not part of it. Never from an argument: those are visible to every process and kept
 * in the shell's history.
 */
export async function readHidden(question: string): Promise<string> {
  const value = process.stdin.isTTY
    ? await typed(question)
    : (await text(process.stdin)).replace(/\r?\n$/, "");
  if (value === "") {
    throw usageError(
      "The value is empty.",
      'Type it at the prompt, or send it: printf %s "$VALUE" | tenon …',
    );
  }
  return value;
}

/** Asks for a value that may be seen; an empty answer is the usual one. Only on a terminal. */
export async function readLine(question: string, usual = ""): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await lines.question(
      usual === "" ? question : `${question.replace(/: $/, "")} [${usual}]: `,
    );
    return answer.trim() === "" ? usual : answer.trim();
  } finally {
    lines.close();
  }
}

const KEYS = { enter: new Set(["\r", "\n", "\u0004"]), back: new Set(["\u007f", "\b"]), interrupt: "\u0003" };

function typed(question: string): Promise<string> {
  const { stdin } = process;
  process.stderr.write(question);
  stdin.setRawMode(true).setEncoding("utf8").resume();
  return new Promise((resolve, reject) => {
    let value = "";
    const finish = (settle: () => void): void => {
      stdin.off("data", onData).setRawMode(false).pause();
      process.stderr.write("\n");
      settle();
    };
    const onData = (chunk: string): void => {
      for (const key of chunk) {
        if (key === KEYS.interrupt) {
          return finish(() => reject(new CliError("Interrupted.", { code: "TENON_INTERRUPTED" })));
        }
        if (KEYS.enter.has(key)) {
          return finish(() => resolve(value));
        }
        value = KEYS.back.has(key) ? value.slice(0, -1) : value + key;
      }
    };
    stdin.on("data", onData);
  });
}
