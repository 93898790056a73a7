import type { Technique } from "../technique.ts";

/** Makes code by every constructor and eval, in sloppy mode, and looks for a global of the host. */
export const technique: Technique = {
  kind: "code generation",
  code: `() => {
  const indirect = eval;
  const globals = [Function("return this")(), indirect("this"), new Function("return globalThis")()];
  return [globals.every((one) => one === globalThis), ["process", "require", "Deno", "Bun", "__filename", "__dirname", "ivm", "_ivm", "$0", "exports"].filter((name) => name in globals[0])];
}`,
  ends: ["completed"],
  answer: [true, []],
};
