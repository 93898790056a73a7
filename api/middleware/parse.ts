import type { z } from "@hono/zod-openapi";
import { InvalidError } from "#runtime/errors.ts";
import type { FieldIssue } from "#runtime/errors.ts";

type RawIssue = Parameters<NonNullable<z.core.ParseContext<z.core.$ZodIssue>["error"]>>[0];

/** Parses one part of a request. Throws `TENON_INVALID` with one issue for each wrong field. */
export function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value, { error: mend });
  if (parsed.success) {
    return parsed.data;
  }
  throw invalid(parsed.error.issues.flatMap(toFieldIssues));
}

/** A refused request, with the field at the front of the sentence. */
export function invalid(issues: readonly FieldIssue[]): InvalidError {
  const [first] = issues;
  const place = first === undefined || first.path === "" ? "The request" : `"${first.path}"`;
  const more = issues.length > 1 ? ` ${String(issues.length - 1)} more in errors.` : "";
  return new InvalidError(`${place} ${first?.message ?? "is invalid"}.${more}`, { issues });
}

function toFieldIssues(issue: z.core.$ZodIssue): FieldIssue[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: toPath([...issue.path, key]),
      message: "is not a field here; remove it or mend its spelling",
    }));
  }
  return [{ path: toPath(issue.path), message: issue.message }];
}

function toPath(parts: readonly PropertyKey[]): string {
  return parts.map(String).join(".").slice(0, 200);
}

/** Says what would mend a field, where its schema does not say so itself. */
function mend(issue: RawIssue): string {
  if (issue.code === "invalid_type") {
    return issue.input === undefined
      ? `is missing: give ${named(issue.expected)}`
      : `must be ${named(issue.expected)}`;
  }
  if (issue.code === "too_small") {
    return `must ${bound(issue.origin, "at least", Number(issue.minimum))}`;
  }
  if (issue.code === "too_big") {
    return `must ${bound(issue.origin, "at most", Number(issue.maximum))}`;
  }
  if (issue.code === "invalid_value") {
    return `must be ${issue.values.map((value) => JSON.stringify(value)).join(" or ")}`;
  }
  return issue.code === "invalid_format" ? `must be a valid ${issue.format}` : "is invalid";
}

function named(expected: string): string {
  const names: Record<string, string> = { record: "an object", int: "a whole number", nan: "a number" };
  return names[expected] ?? (/^[aeio]/.test(expected) ? `an ${expected}` : `a ${expected}`);
}

function bound(origin: string, direction: string, limit: number): string {
  if (origin === "string") {
    return `have ${direction} ${String(limit)} ${limit === 1 ? "character" : "characters"}`;
  }
  if (origin === "array") {
    return `have ${direction} ${String(limit)} ${limit === 1 ? "entry" : "entries"}`;
  }
  return `be ${direction} ${String(limit)}`;
}
