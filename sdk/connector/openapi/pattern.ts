import { patternProblem } from "../pattern-problem.ts";
import type { Notes } from "./notes.ts";

/** Whether a pattern may stay: it compiles, and no text makes it slow. */
export type SafePattern = (pattern: string) => boolean;

const LONGEST = 200;
/** Checking one takes time that grows with the square of its length: so much of it for one document. */
const EFFORT = 200_000;

/** Decides about the patterns of one document, each once. */
export function createPatternCheck(notes: Notes): SafePattern {
  const known = new Map<string, boolean>();
  let left = EFFORT;
  const check = (pattern: string): boolean => {
    if (pattern.length > LONGEST || left <= 0) {
      return false;
    }
    left -= pattern.length ** 2;
    return patternProblem(pattern) === null && isUnicode(pattern);
  };
  return (pattern) => {
    const isSafe = known.get(pattern) ?? check(pattern);
    if (left > 0) {
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
