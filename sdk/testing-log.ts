import { inspect } from "node:util";

/** As in production: causes, errors side by side, and words for what has no JSON form end somewhere. */
const MAX_FAULTS = 5;
const MAX_DEPTH = 200;
const MAX_MARK = 2_000;

/** What the web's interfaces show of themselves: they have no properties of their own. */
const ATTRIBUTES: ReadonlyMap<unknown, readonly string[]> = new Map([
  ["AbortSignal", ["aborted", "reason"]],
  ["Blob", ["size", "type"]],
  ["Event", ["type"]],
  ["File", ["name", "size", "type"]],
  ["Request", ["method", "url"]],
  ["Response", ["status", "statusText", "url"]],
]);

/** The objects around what is being copied, and how many of them are errors. */
interface Around {
  readonly path: readonly object[];
  readonly faults: number;
}

/** The data of a logged line as production stores it: JSON, with a mark in the place of what has no JSON form. */
export function loggedData(data: unknown): unknown {
  return copy(data, { path: [], faults: 0 });
}

function copy(value: unknown, around: Around): unknown {
  if (typeof value === "bigint" || typeof value === "function" || typeof value === "symbol") {
    return mark(value);
  }
  if (typeof value === "number") {
    return Number.isFinite(value) ? value : null;
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  if (around.path.includes(value)) {
    return "[circular]";
  }
  if (around.path.length >= MAX_DEPTH) {
    return Array.isArray(value) ? "[…]" : "{…}";
  }
  try {
    return copyInside(value, { ...around, path: [...around.path, value] });
  } catch {
    return "[unreadable]";
  }
}

function copyInside(value: object, around: Around): unknown {
  if (value instanceof Error) {
    return copyError(value, { ...around, faults: around.faults + 1 });
  }
  if ("toJSON" in value && typeof value.toJSON === "function") {
    const json: unknown = value.toJSON("");
    return json === value ? copyRecord(Object.entries(value), around) : copy(json, around);
  }
  if (Array.isArray(value) || value instanceof Set) {
    return Array.from(value, (item: unknown) => copy(item, around) ?? null);
  }
  if (value instanceof Map) {
    const entries = [...(value as ReadonlyMap<unknown, unknown>)];
    return entries.every((entry): entry is [string, unknown] => typeof entry[0] === "string")
      ? copyRecord(entries, around)
      : copy(entries, around);
  }
  if (value instanceof Headers || value instanceof URLSearchParams || value instanceof FormData) {
    return copyRecord(byName(value as Iterable<[string, unknown]>), around);
  }
  if (value instanceof Promise) {
    return "[promise]";
  }
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof RegExp) {
    return mark(value);
  }
  const attributes = ATTRIBUTES.get((value as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag]);
  return copyRecord(
    attributes?.map((name) => [name, (value as Record<string, unknown>)[name]]) ?? Object.entries(value),
    around,
  );
}

function copyError(error: Error, around: Around): unknown {
  const { name, message, stack, cause } = error;
  const { code, errors } = error as Error & { readonly code?: unknown; readonly errors?: unknown };
  const deeper = around.faults < MAX_FAULTS;
  const members = {
    name,
    message,
    stack,
    code: isSimple(code) ? code : undefined,
    cause: deeper ? cause : undefined,
    errors: deeper && Array.isArray(errors) ? errors.slice(0, MAX_FAULTS) : undefined,
  };
  const own = Object.entries(error).filter(([key, item]) => isSimple(item) && !(key in members));
  return copyRecord([...Object.entries(members), ...own], around);
}

function isSimple(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

function copyRecord(entries: readonly (readonly [string, unknown])[], around: Around): unknown {
  const copies = entries.map(([name, item]) => [name, copy(item, around)] as const);
  return Object.fromEntries(copies.filter(([, item]) => item !== undefined));
}

/** A name that occurs again has a list of its values. */
function byName(pairs: Iterable<[string, unknown]>): [string, unknown][] {
  const values = Map.groupBy(pairs, ([name]) => name);
  return [...values].map(([name, found]) => [
    name,
    found.length === 1 ? found[0]?.[1] : found.map(([, item]) => item),
  ]);
}

function mark(value: unknown): string {
  const words =
    typeof value === "function"
      ? `[function${value.name === "" ? "" : ` ${value.name}`}]`
      : inspect(value, { depth: 0, breakLength: Infinity });
  return words.slice(0, MAX_MARK);
}
