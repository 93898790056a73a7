import { Worker } from "node:worker_threads";
import { InvalidError, UnavailableError } from "#runtime/errors.ts";
import type { ImportReport } from "#sdk/connector/openapi/import.ts";
import type { DefinitionIssue } from "#sdk/connector/parse.ts";

const DEADLINE_MS = 30_000;
const MEMORY_MB = 1_024;
/** Imports of one process at the same time. */
const AT_ONCE = 2;
/** Issues that one refusal names. */
const ISSUES = 100;

type Answer = { readonly report: ImportReport } | { readonly issues: readonly DefinitionIssue[] };

/** Counts the imports of this process that are under way. */
let running = 0;

/**
 * Makes a definition of an OpenAPI document, in a thread with limits of its own.
 *
 * @throws InvalidError with what is wrong with the document; UnavailableError while others are being imported.
 */
export async function importInThread(document: {
  readonly text: string;
  readonly slug?: string | undefined;
  readonly name?: string | undefined;
  readonly baseUrl?: string | undefined;
  readonly only?: readonly string[] | undefined;
}): Promise<ImportReport> {
  if (running >= AT_ONCE) {
    throw new UnavailableError("Other documents are being imported at the moment; try again shortly.");
  }
  running += 1;
  try {
    const answer = await runThread(document);
    if ("issues" in answer) {
      throw refused(answer.issues);
    }
    return answer.report;
  } finally {
    running -= 1;
  }
}

async function runThread(document: object): Promise<Answer> {
  const thread = new Worker(new URL("import-thread.ts", import.meta.url), {
    workerData: document,
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  const settled = Promise.withResolvers<Answer>();
  thread.once("message", settled.resolve);
  thread.once("error", (error: NodeJS.ErrnoException) => {
    settled.reject(error.code === "ERR_WORKER_OUT_OF_MEMORY" ? tooMuch("memory") : error);
  });
  thread.once("exit", () => {
    settled.reject(new Error("The importing thread ended without an answer."));
  });
  const deadline = setTimeout(() => {
    settled.reject(tooMuch("time"));
  }, DEADLINE_MS);
  try {
    return await settled.promise;
  } finally {
    clearTimeout(deadline);
    await thread.terminate();
  }
}

function tooMuch(what: "memory" | "time"): InvalidError {
  return refused([{ path: "document", message: `takes too much ${what} to read; import a part of it` }]);
}

function refused(issues: readonly DefinitionIssue[]): InvalidError {
  const [first] = issues;
  const more = issues.length > 1 ? ` ${String(issues.length - 1)} more in errors.` : "";
  return new InvalidError(
    `The document ${first?.message ?? "cannot be imported"}.${more}`.replace(/\.\.$/, ".").slice(0, 1_000),
    {
      issues: issues
        .slice(0, ISSUES)
        .map(({ path, message }) => ({ path: path === "" ? "document" : path, message })),
    },
  );
}
