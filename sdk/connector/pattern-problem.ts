import { ambiguityOf } from "./pattern-ambiguity.ts";

/**
 * What is wrong with a regular expression of a definition. Whoever fills in a field, and not its author, chooses the
 * text that it runs on, so one that can take very long is refused. Null: nothing.
 */
export function patternProblem(pattern: string): string | null {
  try {
    new RegExp(pattern, "u");
  } catch (error) {
    return plainProblem(pattern, error);
  }
  return slowProblem(pattern);
}

/** Some patterns in use are only valid without the flag `u` (`\\-` outside a class, say). */
function plainProblem(pattern: string, strict: unknown): string | null {
  try {
    new RegExp(pattern);
  } catch {
    const reason = strict instanceof Error ? strict.message.replace(/^.*: /, "") : "it does not compile";
    return `is no regular expression: ${reason}`;
  }
  return slowProblem(pattern);
}

function slowProblem(pattern: string): string | null {
  switch (ambiguityOf(pattern)) {
    case "exponential":
      return "can take for ever on some texts, because a repeated part can match the same text in several ways, as in (a+)+; write it without";
    case "polynomial":
      return "can take very long on some texts, because three or more repeated parts in a row match the same characters; write it without";
    case "unknown":
      return "is beyond what can be checked for speed (a reference to a group, or too long); write it without";
    default:
      return null;
  }
}
