import { isAlias, isMap, isScalar, isSeq, Lexer, parseDocument } from "yaml";
import type { Pair, YAMLMap } from "yaml";
import type { ImportLimits } from "./limits.ts";
import { megabytes, refuse, tooLarge } from "./refuse.ts";
import { isTree, listOf } from "./tree.ts";

/**
 * Reads YAML 1.2. The package's own conversion to values is not used: it looks for each alias in the whole document
 * and turns keys that are lists back into text, which takes minutes on some documents of a few kilobytes.
 *
 * @throws DefinitionError
 */
export function readYaml(text: string, limits: ImportLimits): unknown {
  if (text.length > limits.yaml) {
    refuse(`is YAML larger than ${megabytes(limits.yaml)}; convert it to JSON`);
  }
  let tokens = 0;
  for (const _token of new Lexer().lex(text)) {
    tokens++;
    if (tokens > limits.yamlTokens) {
      refuse(`is YAML of more than ${limits.yamlTokens.toLocaleString("en")} pieces; convert it to JSON`);
    }
  }
  return new Conversion(limits).value(compose(text), 1);
}

function compose(text: string): unknown {
  try {
    // Unique keys are looked for pair by pair.
    const document = parseDocument(text, { uniqueKeys: false, prettyErrors: false, logLevel: "silent" });
    const [error] = document.errors;
    if (error === undefined) {
      return document.contents;
    }
    if (error.message.includes("call stack")) {
      return refuse("is nested too deeply");
    }
    const line = text.slice(0, error.pos[0]).split("\n").length;
    return refuse(`is neither JSON nor YAML: line ${String(line)}: ${error.message.slice(0, 200)}`);
  } catch (error) {
    // The package reads nested collections by recursion.
    if (error instanceof RangeError) {
      return refuse("is nested too deeply");
    }
    throw error;
  }
}

class Conversion {
  readonly #anchors = new Map<string, unknown>();
  readonly #limits: ImportLimits;
  #nodes = 0;
  /** Of them, those that are there once more by an alias. */
  #copies = 0;
  #aliases = 0;

  constructor(limits: ImportLimits) {
    this.#limits = limits;
  }

  value(node: unknown, depth: number): unknown {
    this.#count(1);
    if (depth > this.#limits.depth) {
      tooLarge(this.#limits);
    }
    if (isAlias(node)) {
      return this.#aliased(node.source, depth);
    }
    if ((isMap(node) || isSeq(node) || isScalar(node)) && node.anchor !== undefined) {
      this.#anchors.set(node.anchor, node);
    }
    if (isMap(node)) {
      return this.#map(node, depth);
    }
    if (isSeq(node)) {
      return node.items.map((item) => this.value(item, depth + 1));
    }
    return isScalar(node) ? plain(node.value) : null;
  }

  #map(node: YAMLMap, depth: number): unknown {
    const entries: [string, unknown][] = [];
    const merged: [string, unknown][] = [];
    for (const pair of node.items) {
      const key = keyOf(pair);
      const value = this.value(pair.value, depth + 1);
      if (key === "<<" && typeof value === "object") {
        const sources = isTree(value) ? [value] : listOf(value).filter(isTree).toReversed();
        merged.push(...sources.flatMap((source) => this.#counted(Object.entries(source))));
      } else {
        entries.push([key, value]);
      }
    }
    return Object.fromEntries([...merged, ...entries]);
  }

  #aliased(name: string, depth: number): unknown {
    const anchor = this.#anchors.get(name);
    if (anchor === undefined) {
      refuse(`has the alias *${name.slice(0, 50)} of nothing before it`);
    }
    this.#aliases++;
    const value = this.value(anchor, depth + 1);
    this.#aliases--;
    return value;
  }

  /** What is merged in by `<<` is there once more. */
  #counted<Item>(items: Item[]): Item[] {
    this.#copies += items.length;
    this.#count(items.length);
    return items;
  }

  #count(nodes: number): void {
    this.#nodes += nodes;
    this.#copies += this.#aliases > 0 ? nodes : 0;
    if (this.#nodes > this.#limits.nodes) {
      tooLarge(this.#limits);
    }
    if (this.#copies > this.#limits.copies) {
      refuse(
        `repeats more than ${this.#limits.copies.toLocaleString("en")} values by aliases; use $ref instead`,
      );
    }
  }
}

function keyOf({ key }: Pair): string {
  const name = isScalar(key) ? (key.source ?? String(key.value)) : "";
  if (!isScalar(key) || name === "__proto__") {
    refuse(
      isScalar(key)
        ? "has the key __proto__, which would replace an object's prototype"
        : "has a key that is no text",
    );
  }
  return name;
}

/** What JSON can say. */
function plain(value: unknown): unknown {
  const isJson =
    value === null ||
    typeof value === "string" ||
    typeof value === "boolean" ||
    (typeof value === "number" && Number.isFinite(value));
  return isJson ? value : null;
}
