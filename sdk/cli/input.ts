import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { usageError } from "./exit.ts";

/** How a command gets the input of a run. */
export interface InputOptions {
  /** JSON, or `-` for standard input. */
  readonly input?: string;
  readonly inputFile?: string;
}

/** The run's input from `--input`, `--input-file` or standard input; `undefined` without any. */
export async function readInput(options: InputOptions): Promise<unknown> {
  if (options.input !== undefined && options.inputFile !== undefined) {
    throw usageError("Give either --input or --input-file, not both.");
  }
  if (options.inputFile !== undefined && options.inputFile !== "-") {
    return parse(await readText(options.inputFile), options.inputFile);
  }
  if (options.input === "-" || options.inputFile === "-") {
    return parse(await text(process.stdin), "standard input");
  }
  return options.input === undefined ? undefined : parse(options.input, "--input");
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch {
    throw usageError(`Cannot read the input file ${file}.`);
  }
}

function parse(content: string, where: string): unknown {
  try {
    return JSON.parse(content) as unknown;
  } catch (error) {
    const reason = error instanceof Error ? error.message : "";
    throw usageError(`The input from ${where} is not JSON: ${reason}`, `As in: --input '{"name":"Ada"}'`);
  }
}
