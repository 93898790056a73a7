import type { ImportLimits } from "./limits.ts";
import { megabytes, refuse, tooLarge } from "./refuse.ts";
import { isTree, wordOf } from "./tree.ts";
import type { Tree } from "./tree.ts";
import { readYaml } from "./yaml.ts";

/** A document that is what it says, and how it says things. */
export interface Document {
  readonly root: Tree;
  /** Whether it is Swagger 2.0; else OpenAPI 3.x. */
  readonly isSwagger: boolean;
}

/** Reads JSON or YAML text without ever making more of it than the limits say. @throws DefinitionError */
export function readDocument(text: string, limits: ImportLimits): Document {
  if (text.length > limits.document) {
    refuse(`is larger than ${megabytes(limits.document)}; convert or split it`);
  }
  const root = isJson(text) ? checked(parseJson(text), limits) : readYaml(text, limits);
  if (!isTree(root)) {
    refuse("is no object; is it an OpenAPI document, and not a page about one?");
  }
  const version = wordOf(root["openapi"] ?? root["swagger"]);
  if (!/^(2(\.0)?$|3\.\d)/.test(version)) {
    refuse('says neither "openapi": "3.x" nor "swagger": "2.0"');
  }
  return { root, isSwagger: version.startsWith("2") };
}

function isJson(text: string): boolean {
  return /^[\uFEFF\s]*[{[]/.test(text.slice(0, 1_000));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message.slice(0, 200) : "it is nested too deeply";
    return refuse(`is no JSON: ${reason}`);
  }
}

/** Walks what JSON.parse made: it bounds nothing but its text. */
function checked(root: unknown, limits: ImportLimits): unknown {
  const open: { value: unknown; depth: number }[] = [{ value: root, depth: 1 }];
  let nodes = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next.value !== "object" || next.value === null) {
      continue;
    }
    // Read as text: an own key __proto__ would be a prototype as soon as somebody copies the object.
    if (Object.hasOwn(next.value, "__proto__")) {
      refuse("has the key __proto__, which would replace an object's prototype");
    }
    const parts: readonly unknown[] = Object.values(next.value);
    nodes += parts.length;
    if (nodes > limits.nodes || next.depth > limits.depth) {
      tooLarge(limits);
    }
    for (const value of parts) {
      open.push({ value, depth: next.depth + 1 });
    }
  }
  return root;
}
