/**
 * The value at a place of a JSON body (`data.items.0.id`); undefined when there is none. Negative positions count from
 * the end of a list; `\.` is a dot inside a name. Only own properties count.
 */
export function readPlace(body: unknown, place: string): unknown {
  let value = body;
  for (const name of namesOf(place)) {
    value = Array.isArray(value) ? atPosition(value, name) : ownProperty(value, name);
  }
  return value;
}

/** The names of a place, one by one. */
export function namesOf(place: string): string[] {
  return place.split(/(?<!\\)\./).map((name) => name.replaceAll("\\.", "."));
}

function atPosition(list: readonly unknown[], name: string): unknown {
  return /^-?\d{1,9}$/.test(name) ? list.at(Number(name)) : undefined;
}

function ownProperty(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? Object.getOwnPropertyDescriptor(value, name)?.value
    : undefined;
}
