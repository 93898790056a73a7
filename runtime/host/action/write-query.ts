import type { Part } from "./build-request.ts";

type Pair = readonly [string, string];

/** Characters that a path segment may hold as they are (RFC 3986 §3.3); everything else is percent-encoded. */
export function pathText(value: string): string {
  return encodeURIComponent(value.toWellFormed()).replace(/%(?:3A|40|24|2B|2C|3D)/g, (escape) =>
    decodeURIComponent(escape),
  );
}

/** A value where it has one text, as in a path or a header: lists are joined by commas. */
export function plainText({ value }: Part): string {
  return Array.isArray(value) ? value.map(scalarText).join(",") : scalarText(value);
}

/** A value as text: strings as they are, numbers and truth values as JSON writes them, anything else as JSON. */
export function scalarText(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

/** A property as parameters of a query or a form. Null is left out. */
export function queryPairs({ name, value, param }: Part): Pair[] {
  if (value === null || value === undefined) {
    return [];
  }
  if (param?.object === "json") {
    return [[name, JSON.stringify(value) ?? ""]];
  }
  if (Array.isArray(value)) {
    return listPairs(name, value, param);
  }
  return typeof value === "object"
    ? objectPairs(name, value as Record<string, unknown>, param)
    : [[name, scalarText(value)]];
}

const JOINTS = { comma: ",", space: " ", pipe: "|", tab: "\t" } as const;

function listPairs(name: string, list: readonly unknown[], param: Part["param"]): Pair[] {
  const style = param?.list ?? "repeat";
  if (style === "repeat" || style === "brackets") {
    const own = style === "brackets" ? `${name}[]` : name;
    return param?.object === "deep"
      ? list.flatMap((item, index) => deepPairs(`${name}[${String(index)}]`, item))
      : list.map((item): Pair => [own, scalarText(item)]);
  }
  return [[name, list.map(scalarText).join(JOINTS[style])]];
}

function objectPairs(name: string, value: Readonly<Record<string, unknown>>, param: Part["param"]): Pair[] {
  const entries = Object.entries(value).filter(([, part]) => part !== null && part !== undefined);
  switch (param?.object) {
    case "deep":
      return entries.flatMap(([key, part]) => deepPairs(`${name}[${key}]`, part));
    case "spread":
      return entries.flatMap(([key, part]) => queryPairs({ name: key, value: part, param: { in: "query" } }));
    case "comma":
      return [[name, entries.flatMap(([key, part]) => [key, scalarText(part)]).join(",")]];
    case "json":
    case undefined:
    default:
      return [[name, JSON.stringify(value)]];
  }
}

const MAX_DEPTH = 20;

/** `a[b][0]=1`, as deep as the value goes. */
function deepPairs(name: string, value: unknown, depth = 0): Pair[] {
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) {
    return value === null || value === undefined ? [] : [[name, scalarText(value)]];
  }
  return Object.entries(value).flatMap(([key, part]) => deepPairs(`${name}[${key}]`, part, depth + 1));
}

/** The path with more parameters. RFC 3986 §3.4: percent-encoded, spaces too. */
export function withQuery(path: string, pairs: readonly Pair[]): string {
  if (pairs.length === 0) {
    return path;
  }
  const text = pairs.map(([name, value]) => `${queryText(name)}=${queryText(value)}`).join("&");
  return `${path}${path.includes("?") ? "&" : "?"}${text}`;
}

// Brackets, as in `ids[]`, are understood raw by everybody, and encoded not by all.
function queryText(value: string): string {
  return encodeURIComponent(value.toWellFormed()).replaceAll("%5B", "[").replaceAll("%5D", "]");
}

/** An address whose query has exactly one parameter of this name. What else it holds stays as it is written. */
export function withParam(address: string, name: string, value: string): string {
  const [, path = "", search = ""] = /^([^?#]*)(?:\?([^#]*))?/.exec(address) ?? [];
  const kept = search.split("&").filter((part) => part !== "" && !new URLSearchParams(part).has(name));
  return `${path}?${[...kept, `${queryText(name)}=${queryText(value)}`].join("&")}`;
}

/** The value of a query parameter of an address; null without it. */
export function paramOf(address: string, name: string): string | null {
  return new URLSearchParams(/\?([^#]*)/.exec(address)?.[1] ?? "").get(name);
}
