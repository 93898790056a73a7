const MAX_MESSAGE = 300;
const MAX_FRAMES = 5;
const MAX_FRAME = 120;
/** As much of a stack as is looked at: guest code may have written it, at any length. */
const MAX_STACK = 16_384;

/**
 * The log line, as the prelude would post it, about a promise that was rejected and that nothing awaits: the run
 * goes on, and its author must be able to find out. `error` is isolated-vm's copy of what guest code rejected with.
 */
export function rejectionWarning(error: unknown): string {
  const words =
    error instanceof Error
      ? [`${error.name}: ${error.message}`.slice(0, MAX_MESSAGE), ...framesOf(error)]
      : [String(error).slice(0, MAX_MESSAGE)];
  const message = `A promise was rejected and nothing handled it: ${words.join("\n")}`;
  return `l${JSON.stringify({ level: "warn", message, data: null })}`;
}

/** Places in the author's code only; the worker maps them. */
function framesOf(error: Error): readonly string[] {
  return String(error.stack)
    .slice(0, MAX_STACK)
    .split("\n")
    .filter((line) => /^ {4}at .*tenon:workflow:/.test(line) && line.length <= MAX_FRAME)
    .slice(0, MAX_FRAMES);
}
