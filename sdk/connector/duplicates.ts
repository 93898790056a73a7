import type { DefinitionIssue } from "./parse.ts";

/** An issue for each item whose key an earlier one has: `auth.1.id is already that of auth.0`. */
export function duplicates<Item>(
  list: readonly Item[],
  place: string,
  key: Extract<keyof Item, string>,
): DefinitionIssue[] {
  const first = new Map<unknown, number>();
  return list.flatMap((item, position) => {
    const before = first.get(item[key]);
    if (before === undefined) {
      first.set(item[key], position);
      return [];
    }
    return [
      {
        path: `${place}.${String(position)}.${key}`,
        message: `is "${String(item[key])}" like ${place}.${String(before)}; give it one of its own`,
      },
    ];
  });
}
