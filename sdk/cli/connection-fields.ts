import { text } from "node:stream/consumers";
import type { ConnectorField } from "#sdk/client.ts";
import { usageError } from "./exit.ts";
import { printable } from "./output.ts";
import { readHidden, readLine } from "./prompt.ts";

/** Reads `--field name=value`, as often as it is given. */
export function givenFields(options: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    options.map((option) => {
      const at = option.indexOf("=");
      if (at < 1) {
        throw usageError(`--field must be name=value, and not "${option}".`);
      }
      return [option.slice(0, at), option.slice(at + 1)];
    }),
  );
}

/**
 * Completes what a connection is asked for: from `--field`, by prompts on a terminal (secrets without echo), else
 * from standard input: the only secret as it is, or several fields as a JSON object.
 */
export async function askFields(
  fields: readonly ConnectorField[],
  given: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  for (const { name, secret } of fields) {
    if (secret && given[name] !== undefined) {
      throw usageError(
        `${name} is a secret, and must not be an argument: other processes can read it, and the shell keeps it.`,
        "Leave it out and type it at the prompt, or send it to standard input.",
      );
    }
  }
  const unknown = Object.keys(given).filter((name) => !fields.some((field) => field.name === name));
  if (unknown.length > 0) {
    throw unknownFields(unknown, fields);
  }
  const open = fields.filter(({ name, required }) => required && given[name] === undefined);
  return { ...given, ...(process.stdin.isTTY ? await prompted(open) : await piped(fields, open)) };
}

async function prompted(open: readonly ConnectorField[]): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const field of open) {
    const choices = field.options === null ? "" : ` (${field.options.map(({ value }) => value).join(", ")})`;
    const question = `${printable(field.label)}${printable(choices)}: `;
    values[field.name] = field.secret
      ? await readHidden(question)
      : await readLine(question, field.default ?? "");
  }
  return values;
}

async function piped(
  fields: readonly ConnectorField[],
  open: readonly ConnectorField[],
): Promise<Record<string, string>> {
  const needed = open.filter((field) => field.default === null);
  if (needed.length === 0) {
    return {};
  }
  const content = (await text(process.stdin)).replace(/\r?\n$/, "");
  const values = content.trimStart().startsWith("{") ? parseFields(content) : onlySecret(needed, content);
  const unknown = Object.keys(values).filter((name) => !fields.some((field) => field.name === name));
  const missing = needed.filter(({ name }) => (values[name] ?? "") === "");
  if (unknown.length > 0) {
    throw unknownFields(unknown, fields);
  }
  if (missing.length > 0) {
    throw usageError(`Missing: ${missing.map(({ name }) => name).join(", ")}.`, howToGive(missing, needed));
  }
  return values;
}

function unknownFields(unknown: readonly string[], fields: readonly ConnectorField[]): Error {
  return usageError(
    `There is no field ${unknown.join(", ")}.`,
    fields.length === 0
      ? "This method asks for none."
      : `There are: ${fields.map(({ name }) => name).join(", ")}`,
  );
}

function howToGive(missing: readonly ConnectorField[], needed: readonly ConnectorField[]): string {
  const plain = missing.filter(({ secret }) => !secret).map(({ name }) => `--field ${name}=…`);
  const names = needed.map(({ name }) => name).join(", ");
  const secrets = needed.filter(({ secret }) => secret);
  const piped =
    secrets.length === 1
      ? `send ${secrets[0]?.name ?? ""} to standard input, or a JSON object with ${names}`
      : `send a JSON object with ${names} to standard input`;
  return plain.length === 0
    ? `Type it on a terminal, or ${piped}.`
    : `Give ${plain.join(" ")}, or type it on a terminal, or ${piped}.`;
}

function onlySecret(needed: readonly ConnectorField[], content: string): Record<string, string> {
  const [secret, ...others] = needed.filter((field) => field.secret);
  return secret !== undefined && others.length === 0 && content !== "" ? { [secret.name]: content } : {};
}

function parseFields(content: string): Record<string, string> {
  try {
    const value = JSON.parse(content) as Record<string, unknown>;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, String(one)]));
  } catch {
    throw usageError("Standard input begins like a JSON object, and is none.");
  }
}
