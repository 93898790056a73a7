/** An object of a document; what is in it is not known. */
export type Tree = Readonly<Record<string, unknown>>;

/** Whether a value of a document is an object. */
export function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object, or an empty one: documents have anything anywhere. */
export function treeOf(value: unknown): Tree {
  return isTree(value) ? value : {};
}

/** The list, or an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** At most so many entries of one object are looked at. */
export const MOST_ENTRIES = 1_000;
// A cache: references may lead to one huge object from everywhere, and listing its keys is not free.
const entries = new WeakMap<Tree, readonly (readonly [name: string, value: unknown])[]>();

/** The first 1,000 entries of an object. */
export function entriesOf(value: unknown): readonly (readonly [name: string, value: unknown])[] {
  if (!isTree(value)) {
    return [];
  }
  const known = entries.get(value) ?? Object.entries(value).slice(0, MOST_ENTRIES);
  entries.set(value, known);
  return known;
}

/** An entry that the object has itself. */
export function entryOf(value: unknown, name: string): unknown {
  return isTree(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** Whether a value's JSON takes about this many characters at most; huge ones are not looked at in full. */
export function isSmall(value: unknown, room: number): boolean {
  const open = [value];
  let left = room;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    left -= typeof next === "string" ? next.length + 3 : 6;
    const parts =
      typeof next === "object" && next !== null ? (Array.isArray(next) ? listOf(next) : entriesOf(next)) : [];
    if (left < 0 || parts.length > left) {
      return false;
    }
    open.push(...parts.map((part) => part ?? null));
  }
  return left >= 0;
}

/** The text without the white space around it; undefined for everything else, and for nothing but white space. */
export function textOf(value: unknown): string | undefined {
  const text = typeof value === "string" ? value.slice(0, 20_000).trim() : "";
  return text === "" ? undefined : text;
}

/** A text for people, on as much room as there is. */
export function shorten(text: string, room: number): string {
  return text.length <= room ? text : `${text.slice(0, room - 1).trimEnd()}…`.toWellFormed();
}

/** A word, whether YAML read it as text, as a number or as a boolean; else nothing. */
export function wordOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value).slice(0, 20_000)
    : "";
}
