import type { SandboxPool } from "#runtime/host/execution.ts";
import { programOf, type WptFile } from "./files.ts";
import { runInIsolate } from "./in-isolate.ts";
import { runInNode } from "./in-node.ts";
import { resultsOf } from "./results.ts";

/** How a file went in an isolate, of what passes in Node. */
export interface Comparison {
  readonly file: WptFile;
  /** Subtests that pass in Node. */
  readonly expected: number;
  /** Those of them that pass in an isolate too. */
  readonly passed: number;
  /** Those that do not, with what they say. */
  readonly failed: ReadonlyMap<string, string>;
}

/** For a file that never says it is complete; a busy machine needs a part of it. */
const LIMIT_MS = 25_000;
/** Isolates have neither, and are to have neither: see the README of the sandbox. */
const NOT_HERE = /SharedArrayBuffer|WebAssembly/;

/** Runs a file in both places. */
export async function compare(pool: SandboxPool, file: WptFile): Promise<Comparison> {
  const program = programOf(file, LIMIT_MS);
  const [node, isolate] = await Promise.all([runInNode(program), runInIsolate(pool, program)]);
  const ours = resultsOf(isolate);
  const why = [...ours].find(([name]) => name === "(the run)" || name === "(the file)")?.[1].message;
  const expected = [...resultsOf(node)]
    .filter(([name, { passed }]) => passed && !NOT_HERE.test(name))
    .map(([name]) => name);
  const failed = new Map<string, string>();
  for (const name of expected) {
    const result = ours.get(name);
    if (result?.passed !== true) {
      failed.set(name, result?.message ?? why ?? "did not complete");
    }
  }
  return { file, expected: expected.length, passed: expected.length - failed.size, failed };
}

/** Runs files two at a time, each in both places. */
export async function compareAll(pool: SandboxPool, files: readonly WptFile[]): Promise<Comparison[]> {
  const left = [...files];
  const comparisons: Comparison[] = [];
  const lane = async (): Promise<void> => {
    for (let file = left.shift(); file !== undefined; file = left.shift()) {
      comparisons.push(await compare(pool, file));
    }
  };
  await Promise.all([lane(), lane()]);
  return comparisons.sort((one, other) => (one.file.name < other.file.name ? -1 : 1));
}
