import { InvalidError } from "#runtime/errors.ts";
import type { FieldIssue } from "#runtime/errors.ts";
import type { AuthMethod } from "#sdk/connector/auth.ts";
import type { Field } from "#sdk/connector/fields.ts";
import { fieldValueProblem } from "#sdk/connector/field-value.ts";
import { fieldsOf } from "#sdk/connector/parse.ts";
import type { Connector } from "#sdk/connector/schema.ts";

/** The fields of a connection, parted by where they are kept. */
export interface ConnectionFields {
  /** Shown, and stored as they are. */
  readonly fields: Readonly<Record<string, string>>;
  /** Sealed, and never shown. */
  readonly secrets: Readonly<Record<string, string>>;
}

const NOTHING: ConnectionFields = { fields: {}, secrets: {} };

/**
 * Checks what was sent for a connection's fields and fills in the defaults. A blank, or none, keeps what is present.
 *
 * @throws InvalidError with one issue for each wrong field; a value is never repeated.
 */
export function checkFields(
  connector: Connector,
  method: AuthMethod,
  given: Readonly<Record<string, string>>,
  present: ConnectionFields = NOTHING,
): ConnectionFields {
  const known = fieldsOf(connector, method);
  const issues: FieldIssue[] = Object.keys(given)
    .filter((name) => !Object.hasOwn(known, name))
    .map((name) => ({ path: `fields.${name}`.slice(0, 200), message: unknownField(connector, known) }));
  const fields: Record<string, string> = {};
  const secrets: Record<string, string> = {};
  for (const [name, field] of Object.entries(known)) {
    // A key is often pasted with the end of its line.
    const sent = Object.hasOwn(given, name) ? given[name]?.replace(/[\r\n]+$/, "") : undefined;
    const kept = field.secret ? present.secrets[name] : present.fields[name];
    const value = sent === undefined || sent === "" ? (kept ?? field.default ?? "") : sent;
    const wrong = value === kept ? null : faultOf(field, value, method);
    if (wrong !== null) {
      issues.push({ path: `fields.${name}`, message: wrong });
    } else if (value !== "") {
      (field.secret ? secrets : fields)[name] = value;
    }
  }
  requireNone(issues);
  return { fields, secrets };
}

function requireNone(issues: readonly FieldIssue[]): void {
  const [first] = issues;
  if (first !== undefined) {
    const more = issues.length > 1 ? ` ${String(issues.length - 1)} more in errors.` : "";
    throw new InvalidError(`"${first.path}" ${first.message}.${more}`, { issues: issues.slice(0, 100) });
  }
}

function unknownField(connector: Connector, known: Readonly<Record<string, Field>>): string {
  const names = Object.keys(known);
  return names.length === 0
    ? `is not asked for: "${connector.name}" has no fields with this method`
    : `is not a field of "${connector.name}" with this method; there are ${names.join(", ")}`;
}

/** What is wrong with a value; null: nothing. */
function faultOf(field: Field, value: string, method: AuthMethod): string | null {
  if (value === "") {
    return field.required ? `is missing: give "${field.label}"` : null;
  }
  return unprintable(field, value, method) ?? fieldValueProblem(field, value);
}

/** Values travel in headers, where a line break would begin another one. Only code may want keys of many lines. */
function unprintable(field: Field, value: string, method: AuthMethod): string | null {
  const multiline = field.secret && method.type === "custom";
  const text = multiline ? value.replaceAll(/\r?\n/g, "") : value;
  // oxlint-disable-next-line no-control-regex
  return /[\u0000-\u001f\u007f\u2028\u2029]/.test(text)
    ? "must not contain line breaks or control characters; was more copied than the value?"
    : null;
}
