import type { JSONValue } from "postgres";

/** Parsed JSON for a jsonb column: what came out of `JSON.parse` is a `JSONValue`, although its type says `unknown`. */
export function jsonValue(parsed: Readonly<Record<string, unknown>>): JSONValue {
  return parsed as JSONValue;
}
