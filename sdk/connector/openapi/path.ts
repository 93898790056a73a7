import { SkippedOperation } from "./skipped.ts";

/** The path of an operation as an action writes it. */
export interface ActionPath {
  /** With places such as `{id}`. */
  readonly path: string;
  readonly places: readonly string[];
  /** Places that are several segments: `{+name}` (RFC 6570 §3.2.3). */
  readonly wide: ReadonlySet<string>;
  /** Fixed parts of the query. */
  readonly query: Readonly<Record<string, string>>;
}

/** Reads a path template. What follows `#` only tells operations of one path apart. @throws SkippedOperation */
export function readPath(given: string): ActionPath {
  const [whole = ""] = given.split("#");
  const at = whole.indexOf("?", lastPlaceBefore(whole));
  const query = at === -1 ? "" : whole.slice(at + 1);
  const wide = new Set<string>();
  const places = new Set<string>();
  const path = (at === -1 ? whole : whole.slice(0, at))
    // `{?a,b}` and `{&a}` name parameters of the query, which are declared anyway.
    .replace(/\{[?&][^{}]*\}/g, "")
    .replace(/\{([+#/.;]?)([^{}*]*)\*?\}/g, (_, operator: string, name: string) => {
      const place = name.trim();
      places.add(place);
      if (operator === "+") {
        wide.add(place);
      }
      return `{${place}}`;
    })
    .replace(/[\s"<>^`|\\]/g, (character) => encodeURIComponent(character))
    .replace(/\/{2,}/g, "/");
  if (/[{}]/.test(path.replace(/\{[^{}]+\}/g, "")) || path.length > 4_000) {
    throw new SkippedOperation(
      path.length > 4_000 ? "its path is too long" : "its path has a { or } that belongs to no place",
    );
  }
  return { path: path.startsWith("/") ? path : `/${path}`, places: [...places], wide, query: fixed(query) };
}

/** Where to look for the query from: a `?` inside a place begins none. */
function lastPlaceBefore(path: string): number {
  const first = path.replace(/\{[^{}]*\}/g, (place) => " ".repeat(place.length)).indexOf("?");
  return first === -1 ? path.length : first;
}

function fixed(query: string): Record<string, string> {
  const parts = [...new URLSearchParams(query)].filter(
    ([name, value]) =>
      name !== "" && name.length <= 200 && value.length <= 2_000 && !/[{}]/.test(name + value),
  );
  return Object.fromEntries(parts.slice(0, 50));
}
