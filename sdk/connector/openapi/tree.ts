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

/** The text without the white space around it; undefined for everything else, and for nothing but white space. */
export function textOf(value: unknown): string | undefined {
  const text = typeof value === "string" ? value.trim() : "";
  return text === "" ? undefined : text;
}

/** A text for people, on as much room as there is. */
export function shorten(text: string, room: number): string {
  return text.length <= room ? text : `${text.slice(0, room - 1).trimEnd()}…`.toWellFormed();
}
