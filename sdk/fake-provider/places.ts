import { placesOf } from "../connector/places.ts";

const PLACE = /\{([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_-]+)*)\}/g;

/** What stands for places of templates, by the place's name: `subdomain`, `token.instance_url`. */
export type KnownPlaces = Readonly<Record<string, string>>;

/** Fills the places that are known; the others stay. */
export function fillKnown(
  template: string,
  known: KnownPlaces,
  encode: (value: string) => string = String,
): string {
  return template.replaceAll(PLACE, (place, name: string) =>
    Object.hasOwn(known, name) ? encode(known[name] ?? "") : place,
  );
}

/**
 * Reads what stands in the places of a template.
 *
 * @param between - What a place may hold, as a regular expression. Default: anything that is not empty.
 * @returns The values by place; null: the text does not fit the template.
 */
export function readPlaces(template: string, text: string, between = ".+?"): Record<string, string> | null {
  const names = placesOf(template);
  const pattern = template
    .split(PLACE)
    .map((part, index) => (index % 2 === 0 ? RegExp.escape(part) : `(${between})`))
    .join("");
  const values = new RegExp(`^${pattern}$`, "s").exec(text)?.slice(1);
  if (values === undefined) {
    return null;
  }
  const read: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    const value = values[index] ?? "";
    if (Object.hasOwn(read, name) && read[name] !== value) {
      return null;
    }
    read[name] = value;
  }
  return read;
}
