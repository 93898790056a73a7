import { patternProblem } from "../pattern-problem.ts";
import type { Notes } from "./notes.ts";

/** Whether a pattern may stay: it compiles, and no text makes it slow. */
export type SafePattern = (pattern: string) => boolean;

const LONGEST = 200;
/** Checking one is quick, but not that quick; no API has so many of its own. */
const MOST = 300;

/** Decides about the patterns of one document, each once. */
export function createPatternCheck(notes: Notes): SafePattern {
  const known = new Map<string, boolean>();
  return (pattern) => {
    const before = known.get(pattern);
    const isSafe =
      before ??
      (pattern.length <= LONGEST &&
        known.size < MOST &&
        patternProblem(pattern) === null &&
        isUnicode(pattern));
    if (before === undefined && known.size < MOST) {
      known.set(pattern, isSafe);
    }
    if (!isSafe) {
      notes.count("A pattern was left out, because it does not compile or can take very long on some texts");
    }
    return isSafe;
  };
}

/** JSON Schema's patterns are Unicode ones. */
function isUnicode(pattern: string): boolean {
  try {
    return new RegExp(pattern, "u").source !== "";
  } catch {
    return false;
  }
}
