import { randomBytes } from "node:crypto";
import type { Field } from "../connector/fields.ts";
import { sampleOfPattern } from "./sample-pattern.ts";

/** A value for each required field that nobody gave, in the form that the field asks for. @throws Error naming the field */
export function sampleFields(
  fields: Readonly<Record<string, Field>>,
  given: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const open = Object.entries(fields).filter(([name, { required }]) => required && given[name] === undefined);
  return Object.fromEntries(open.map(([name, field]) => [name, sampleOf(name, field)]));
}

function sampleOf(name: string, field: Field): string {
  const random = randomBytes(8).toString("hex");
  const candidates = [
    field.default,
    field.options?.[0]?.value,
    ...byFormat(field),
    field.secret ? undefined : field.placeholder,
    `fake-${name}-${random}`,
    field.placeholder,
    ...(field.pattern === undefined ? [] : [sampleOfPattern(field.pattern)]),
  ];
  const pattern = new RegExp(`^(?:${field.pattern ?? ".*"})$`, "s");
  const fitting = candidates.find((value) => value !== undefined && value !== "" && pattern.test(value));
  if (fitting === undefined) {
    throw new Error(
      `No value could be made up for the field "${name}" (pattern ${field.pattern ?? ""}): give one, as in { fields: { ${name}: "…" } }.`,
    );
  }
  return fitting;
}

function byFormat(field: Field): (string | undefined)[] {
  switch (field.format) {
    case "label":
      return ["acme"];
    case "hostname":
      return ["acme.example.com"];
    case undefined:
    default:
      return field.type === "number" ? ["7"] : field.type === "boolean" ? ["true"] : [];
  }
}
