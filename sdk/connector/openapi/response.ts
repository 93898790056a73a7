import { isJsonType } from "./body.ts";
import type { Resolve } from "./reference.ts";
import { entriesOf, entryOf, treeOf } from "./tree.ts";
import type { Tree } from "./tree.ts";

/** What an operation answers when all goes well. */
export interface Answer {
  /** Undefined: it is not said, or not JSON. */
  readonly schema: unknown;
  /** The media type to ask for, where it is not plain JSON. */
  readonly accept: string | undefined;
}

const GOOD = ["200", "201", "202", "203", "206", "207", "2XX", "2xx", "default"];

/** Reads the answer of an operation; a missing or odd one says nothing. */
export function readAnswer(resolve: Resolve, operation: Tree, produces: readonly unknown[]): Answer {
  for (const status of GOOD) {
    const found = resolve(entryOf(operation["responses"], status));
    const response = treeOf(found.kind === "found" ? found.value : undefined);
    if (response["schema"] !== undefined) {
      return { schema: response["schema"], accept: acceptOf(produces) };
    }
    const content = entriesOf(response["content"]);
    if (content.length > 0) {
      const [, media] = content.find(([type]) => isJsonType(bare(type))) ?? [];
      return { schema: treeOf(media)["schema"], accept: acceptOf(content.map(([type]) => type)) };
    }
  }
  return { schema: undefined, accept: undefined };
}

/** JSON is asked for anyway; another kind of it, or another type, by its name. */
function acceptOf(types: readonly unknown[]): string | undefined {
  const known = types
    .filter((type): type is string => typeof type === "string")
    .map(bare)
    .filter((type) => /^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$/.test(type));
  return known.length === 0 || known.includes("application/json")
    ? undefined
    : (known.find(isJsonType) ?? known[0])?.slice(0, 200);
}

function bare(type: string): string {
  return type.split(";")[0]?.trim().toLowerCase() ?? "";
}
