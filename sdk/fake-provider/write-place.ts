import { namesOf } from "../connector/read-place.ts";

type Holder = Record<string, unknown> | unknown[];

/**
 * Puts a value where `readPlace` finds it: `data.items.0.id` makes the objects and lists on the way. A value that is
 * already there stays, because two token sets may share a part of a response.
 */
export function writePlace(body: Record<string, unknown>, place: string, value: unknown): void {
  const names = namesOf(place);
  let holder: Holder = body;
  for (const [index, name] of names.entries()) {
    const next = names[index + 1];
    const there: unknown = Reflect.get(holder, keyOf(name));
    if (next === undefined) {
      if (there === undefined) {
        Reflect.set(holder, keyOf(name), value);
      }
      return;
    }
    if (typeof there === "object" && there !== null) {
      holder = there as Holder;
      continue;
    }
    const made: Holder = /^-?\d+$/.test(next) ? [] : {};
    Reflect.set(holder, keyOf(name), made);
    holder = made;
  }
}

/** Of a list that is being made, the last element is the first one. */
function keyOf(name: string): string {
  return /^-\d+$/.test(name) ? "0" : name;
}
