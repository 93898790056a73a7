import { cleanSchema, isNullable } from "./clean-schema.ts";
import type { SchemaDraft } from "./clean-schema.ts";
import type { Notes } from "./notes.ts";
import type { SafePattern } from "./pattern.ts";
import type { Resolve } from "./reference.ts";
import { entriesOf, isTree, listOf, MOST_ENTRIES, shorten, textOf } from "./tree.ts";
import type { Tree } from "./tree.ts";

/** What schemas of one document are made with. */
export interface SchemaMaker {
  readonly resolve: Resolve;
  readonly isSafe: SafePattern;
  readonly notes: Notes;
}

/** Which way values of a schema travel: what is only read is not sent, and the other way round. */
export type Direction = "input" | "output";

const DEEPEST = 24;
const MOST_PROPERTIES = 500;
const MOST_BRANCHES = 50;

/** The references on the way to a place. */
interface Trail {
  readonly ref: string;
  readonly above: Trail | null;
}

/** A schema that is still to be written, and where to. */
interface Task {
  readonly source: unknown;
  readonly place: (schema: boolean | SchemaDraft) => void;
  readonly depth: number;
  readonly trail: Trail | null;
  /** A branch of `allOf`: `additionalProperties: false` there would forbid what the other branches describe. */
  readonly isPart: boolean;
}

/**
 * A schema with everything that it refers to written out, in the width first, so that what matters most fits in:
 * beyond `room` characters, below 24 levels and where it contains itself, a schema takes anything.
 */
export function expandSchema(
  maker: SchemaMaker,
  source: unknown,
  direction: Direction,
  room: number,
): boolean | SchemaDraft {
  return new Expansion(maker, direction, room).expand(source);
}

class Expansion {
  readonly #maker: SchemaMaker;
  readonly #direction: Direction;
  readonly #open: Task[] = [];
  #room: number;

  constructor(maker: SchemaMaker, direction: Direction, room: number) {
    this.#maker = maker;
    this.#direction = direction;
    this.#room = room;
  }

  expand(source: unknown): boolean | SchemaDraft {
    let result: boolean | SchemaDraft = true;
    this.#open.push({ source, place: (schema) => (result = schema), depth: 0, trail: null, isPart: false });
    for (let at = 0; at < this.#open.length; at++) {
      const task = this.#open[at];
      task?.place(this.#write(task));
    }
    return result;
  }

  #write(task: Task): boolean | SchemaDraft {
    if (this.#room <= 0 || task.depth > DEEPEST) {
      this.#maker.notes.count("A part of a large schema was left open");
      return true;
    }
    const found = this.#maker.resolve(task.source);
    if (found.kind !== "found") {
      this.#maker.notes.count(
        found.kind === "remote"
          ? "A schema of another document was left open: references outside are not followed"
          : `A schema was left open, because ${shorten(found.ref, 200)} leads nowhere`,
      );
      return true;
    }
    if (!isTree(found.value)) {
      return found.value !== false;
    }
    if (found.refs.some((ref) => isOn(task.trail, ref))) {
      return { description: `${nameOf(found.refs[0] ?? "")} again: left open, because it contains itself.` };
    }
    const trail = found.refs.reduce<Trail | null>((above, ref) => ({ ref, above }), task.trail);
    return this.#object(withSiblings(task.source, found.value), { ...task, trail });
  }

  #object(schema: Tree, task: Task): SchemaDraft {
    const draft = cleanSchema(schema, this.#maker.isSafe);
    this.#room -= JSON.stringify(draft).length + 4;
    this.#properties(schema, draft, task);
    this.#items(schema, draft, task);
    this.#branches(schema, draft, task);
    return draft;
  }

  #properties(schema: Tree, draft: SchemaDraft, task: Task): void {
    const { properties, required, additionalProperties: others } = schema;
    const all = entriesOf(properties);
    const taken = all.slice(0, MOST_PROPERTIES).filter(([, property]) => this.#travels(property, task.depth));
    if (taken.length > 0) {
      const written: SchemaDraft = {};
      draft["properties"] = written;
      for (const [name, property] of taken) {
        this.#room -= name.length + 6;
        // Their order is that of the document, whenever they are written.
        written[name] = true;
        this.#later(property, task, (made) => (written[name] = made));
      }
    }
    const names = new Set(taken.map(([name]) => name));
    const hidden = new Set(all.map(([name]) => name).filter((name) => !names.has(name)));
    const needed = [...new Set(listOf(required).slice(0, MOST_ENTRIES))].filter(
      (name): name is string => typeof name === "string" && !hidden.has(name),
    );
    if (needed.length > 0 && needed.length <= MOST_PROPERTIES) {
      this.#room -= needed.join('","').length;
      draft["required"] = needed;
    }
    if (isTree(others)) {
      this.#later(others, task, (made) => (draft["additionalProperties"] = made));
    } else if (others === false && !task.isPart && all.length <= MOST_PROPERTIES && !hasBranches(schema)) {
      draft["additionalProperties"] = false;
    }
  }

  /** What is only read is not sent, and what is only written does not come back. An input itself was composed. */
  #travels(property: unknown, depth: number): boolean {
    if (depth === 0 && this.#direction === "input") {
      return true;
    }
    const found = this.#maker.resolve(property);
    const target = found.kind === "found" && isTree(found.value) ? found.value : {};
    const own = isTree(property) ? property : {};
    const hides = this.#direction === "input" ? "readOnly" : "writeOnly";
    return own[hides] !== true && target[hides] !== true;
  }

  #items(schema: Tree, draft: SchemaDraft, task: Task): void {
    const { items, prefixItems } = schema;
    // A list of schemas is draft 4's way to say prefixItems.
    const first = Array.isArray(prefixItems) ? listOf(prefixItems) : listOf(items);
    if (first.length > 0 && first.length <= MOST_BRANCHES) {
      this.#list("prefixItems", first, draft, task, false);
    } else if (isTree(items)) {
      this.#later(items, task, (made) => (draft["items"] = made));
    }
  }

  /**
   * `oneOf` becomes `anyOf`: once branches are left open, and without their discriminator, several may fit. `not`,
   * `if` and their like are left out for the same reason: open parts inside them would forbid instead of allow.
   */
  #branches(schema: Tree, draft: SchemaDraft, task: Task): void {
    const { allOf, anyOf, oneOf } = schema;
    const choices = listOf(anyOf).length > 0 ? listOf(anyOf) : listOf(oneOf);
    if (choices.length > 0 && choices.length <= MOST_BRANCHES) {
      this.#list(
        "anyOf",
        isNullable(schema) ? [...choices, { type: "null" }] : choices,
        draft,
        task,
        task.isPart,
      );
    }
    const parts = listOf(allOf);
    if (parts.length === 0 || parts.length > MOST_BRANCHES) {
      return;
    }
    if (isNullable(schema) && draft["type"] === undefined && choices.length === 0) {
      const whole: SchemaDraft = {};
      draft["anyOf"] = [whole, { type: "null" }];
      this.#list("allOf", parts, whole, task, true);
    } else {
      this.#list("allOf", parts, draft, task, true);
    }
  }

  #list(keyword: string, sources: readonly unknown[], draft: SchemaDraft, task: Task, isPart: boolean): void {
    const made: (boolean | SchemaDraft)[] = sources.map(() => true);
    draft[keyword] = made;
    for (const [position, source] of sources.entries()) {
      this.#later(source, { ...task, isPart }, (schema) => (made[position] = schema), isPart);
    }
  }

  #later(source: unknown, from: Task, place: Task["place"], isPart = false): void {
    this.#room -= 4;
    this.#open.push({ source, place, depth: from.depth + 1, trail: from.trail, isPart });
  }
}

function hasBranches(schema: Tree): boolean {
  return ["allOf", "anyOf", "oneOf"].some((keyword) => Array.isArray(schema[keyword]));
}

/** What stands beside a `$ref` describes this use of the schema. */
function withSiblings(source: unknown, target: Tree): Tree {
  if (!isTree(source) || source === target) {
    return target;
  }
  const description = textOf(source["description"]) ?? target["description"];
  const nullable = isNullable(source) || isNullable(target);
  return {
    ...target,
    ...(description === undefined ? {} : { description }),
    ...(nullable ? { nullable } : {}),
    ...(source["default"] === undefined ? {} : { default: source["default"] }),
  };
}

function isOn(trail: Trail | null, ref: string): boolean {
  for (let at = trail; at !== null; at = at.above) {
    if (at.ref === ref) {
      return true;
    }
  }
  return false;
}

function nameOf(ref: string): string {
  return shorten(ref.split("/").at(-1) ?? ref, 100);
}
