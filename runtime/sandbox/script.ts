/** The file name of product code inside the isolate: its frames are never shown. */
export const PRELUDE_FILE = "tenon:prelude";
/** The file name of the author's code inside the isolate; the worker maps its positions. */
export const WORKFLOW_FILE = "tenon:workflow";

/** Where the bundle's own first line is the script's first line. */
export const WORKFLOW_ORIGIN = { filename: WORKFLOW_FILE, lineOffset: -1 } as const;

/**
 * A bundle inside the function that hands it to the prelude.
 *
 * @param before - What the function does first.
 */
export function wrap(code: string, before = ""): string {
  return `__tenonLoad(function(){${before}\n${code}\n;return typeof __tenonWorkflow==="undefined"?undefined:__tenonWorkflow})`;
}
