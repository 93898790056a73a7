import { hostPatternProblem } from "./host-problem.ts";
import type { Field } from "./fields.ts";

/** RFC 1035 §2.3.1 with RFC 1123 §2.1: one label of a host name. */
const LABEL = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

/** A pattern may take time that grows with the square of the text. */
const LONGEST_MATCHED = 4_000;

/** What is wrong with the value that somebody gave for a field, in words for that person. Null: nothing. */
export function fieldValueProblem(field: Field, value: string): string | null {
  if (value === "") {
    return field.required ? "is required" : null;
  }
  if (value.length > 20_000) {
    return "is longer than 20,000 characters";
  }
  return typeProblem(field, value) ?? formatProblem(field, value) ?? patternMismatch(field, value);
}

function typeProblem(field: Field, value: string): string | null {
  if (field.options !== undefined && !field.options.some((option) => option.value === value)) {
    return `must be one of ${field.options.map((option) => `"${option.value}"`).join(", ")}`;
  }
  if (field.type === "number" && !/^-?\d{1,15}(\.\d{1,15})?$/.test(value)) {
    return "must be a number";
  }
  return field.type === "boolean" && value !== "true" && value !== "false" ? "must be true or false" : null;
}

function formatProblem(field: Field, value: string): string | null {
  if (field.format === "label" && !LABEL.test(value)) {
    return "must be one part of a host name (letters, digits and -), without dots";
  }
  if (field.format === "hostname") {
    const isName = value.split(".").every((label) => LABEL.test(label)) && hostPatternProblem(value) === null;
    return isName ? null : "must be a public host name such as shop.example.com, without https:// and path";
  }
  return null;
}

function patternMismatch(field: Field, value: string): string | null {
  if (field.pattern !== undefined && value.length > LONGEST_MATCHED) {
    return `is longer than ${String(LONGEST_MATCHED)} characters`;
  }
  if (field.pattern === undefined || anchored(field.pattern).test(value)) {
    return null;
  }
  return field.patternHint ?? `must match ${field.pattern}`;
}

/** Some patterns in use are only valid without the flag `u`, such as `\-` outside a class. */
function anchored(pattern: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern})$`, "u");
  } catch {
    return new RegExp(`^(?:${pattern})$`);
  }
}
