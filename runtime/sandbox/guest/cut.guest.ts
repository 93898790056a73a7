import { slice } from "./primordials.guest.ts";

/** Known to the worker, which takes away what may be the beginning of a secret before it. */
const MARK = "… (cut)";

/** A text of at most `limit` characters, and the mark where the rest was cut off. */
export function cut(text: string, limit: number): string {
  return text.length > limit ? slice(text, 0, limit) + MARK : text;
}
