import { ambiguityOf } from "./pattern-ambiguity.ts";
import type { Ambiguity } from "./pattern-ambiguity.ts";
import type { Effort } from "./components.ts";

const SLOW: Readonly<Record<Ambiguity, string | null>> = {
  fast: null,
  exponential:
    "can take for ever on some texts, because a repeated part can match the same text in several ways, as in (a+)+; write it without",
  polynomial:
    "can take very long on some texts, because three or more repeated parts in a row match the same characters; write it without",
  unknown: "is beyond what can be checked for speed (a reference to a group, or too long); write it without",
};

/**
 * What is wrong with a regular expression of a definition. Whoever fills in a field, and not its author, chooses the
 * text that it runs on, so one that can take very long is refused. Null: nothing.
 */
export function patternProblem(pattern: string, effort?: Effort): string | null {
  const problem = syntaxProblem(pattern, "u");
  // Some patterns in use are only valid without the flag `u`, such as `\-` outside a class.
  return problem === null || syntaxProblem(pattern, "") === null
    ? SLOW[ambiguityOf(pattern, effort)]
    : problem;
}

/** Steps that the check of all patterns of one definition may take: a part of a second. */
const MOST_STEPS = 5_000_000;

/** Checks the patterns of one definition, each once, in bounded time together: it is done where everybody is served. */
export class PatternCheck {
  readonly #known = new Map<string, string | null>();
  readonly #effort: Effort = { left: MOST_STEPS };

  /** What is wrong with a pattern. Null: nothing. */
  problem(pattern: string): string | null {
    const known = this.#known.get(pattern);
    if (known !== undefined) {
      return known;
    }
    if (this.#effort.left <= 0) {
      return "comes after so many others that it cannot be checked for speed; write fewer or simpler ones";
    }
    const problem = patternProblem(pattern, this.#effort);
    this.#known.set(pattern, problem);
    return problem;
  }
}

function syntaxProblem(pattern: string, flags: string): string | null {
  try {
    RegExp(pattern, flags);
    return null;
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^.*: /, "") : "it does not compile";
    return `is no regular expression: ${reason}`;
  }
}
