import { labelOf } from "./operation.ts";
import type { PlacedOperation } from "./operation.ts";
import type { ImportLimits } from "./limits.ts";
import type { Resolve } from "./reference.ts";
import { refuse } from "./refuse.ts";
import { isTree, listOf, treeOf } from "./tree.ts";
import type { Tree } from "./tree.ts";

/** An operation that is no action, and why. */
export interface SkippedEntry {
  readonly operation: string;
  readonly reason: string;
}

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/** Lists the operations of a document. @throws DefinitionError when there are none, or far too many */
export function operationsOf(
  resolve: Resolve,
  root: Tree,
  limits: ImportLimits,
  only: readonly string[] = [],
): { operations: PlacedOperation[]; skipped: SkippedEntry[] } {
  const operations: PlacedOperation[] = [];
  const skipped: SkippedEntry[] = [];
  for (const [path, given] of Object.entries(treeOf(root["paths"]))) {
    // Extensions stand among the paths.
    if (path.startsWith("x-") || !isTree(given)) {
      continue;
    }
    const found = resolve(given);
    if (found.kind !== "found") {
      skipped.push({
        operation: labelOf({ method: "*", path }),
        reason:
          found.kind === "remote"
            ? "its path is defined in another document, which is not read"
            : "the $ref of its path leads nowhere",
      });
    }
    const item = found.kind === "found" ? treeOf(found.value) : {};
    for (const method of METHODS) {
      const operation = item[method];
      if (isTree(operation) && isWanted(path, operation, only)) {
        operations.push({ path, method, item, operation });
      }
    }
    if (operations.length + skipped.length > limits.operations) {
      refuse(`has more than ${limits.operations.toLocaleString("en")} operations; import a part of it`);
    }
  }
  return operations.length === 0
    ? refuse("has no operations that could become actions")
    : { operations, skipped };
}

function isWanted(path: string, operation: Tree, only: readonly string[]): boolean {
  const tags = listOf(operation["tags"]).slice(0, 100);
  return (
    only.length === 0 || only.some((one) => (one.startsWith("/") ? path.startsWith(one) : tags.includes(one)))
  );
}
