import { isTree } from "./tree.ts";
import type { Tree } from "./tree.ts";

/** Where a reference leads. Other documents are never read: whoever wrote this one must not choose what we fetch. */
export type Found =
  | { readonly kind: "found"; readonly value: unknown; readonly refs: readonly string[] }
  | { readonly kind: "remote" | "missing"; readonly ref: string };

/** Follows references. */
export type Resolve = (node: unknown) => Found;

const LONGEST_CHAIN = 32;

/** Follows `$ref` inside one document (RFC 6901 pointers), one after the other until there is a value. */
export function resolverOf(root: Tree): Resolve {
  const known = new Map<string, unknown>();
  const lookUp = (ref: string): unknown => {
    if (!known.has(ref)) {
      known.set(ref, atPointer(root, ref));
    }
    return known.get(ref);
  };
  return (node) => {
    const refs: string[] = [];
    let value = node;
    while (isTree(value) && typeof value["$ref"] === "string") {
      const ref = value["$ref"];
      if (!ref.startsWith("#")) {
        return { kind: "remote", ref };
      }
      refs.push(ref);
      value = lookUp(ref);
      if (value === undefined || refs.length > LONGEST_CHAIN) {
        return { kind: "missing", ref };
      }
    }
    return { kind: "found", value, refs };
  };
}

function atPointer(root: Tree, ref: string): unknown {
  if (ref !== "#" && !ref.startsWith("#/")) {
    return undefined;
  }
  let value: unknown = root;
  for (const step of ref.split("/").slice(1)) {
    const name = unescape(step).replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) {
      return undefined;
    }
    value = (value as Tree)[name];
  }
  return value;
}

function unescape(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}
