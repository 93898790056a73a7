import { DefinitionError } from "../parse.ts";
import type { ImportLimits } from "./limits.ts";

/** Refuses a document. @throws DefinitionError always */
export function refuse(message: string): never {
  throw new DefinitionError([{ path: "document", message }]);
}

/** @throws DefinitionError always */
export function tooLarge(limits: ImportLimits): never {
  return refuse(
    `is too large: at most ${limits.nodes.toLocaleString("en")} values, ${String(limits.depth)} levels deep`,
  );
}

/** A number of characters for people. */
export function megabytes(characters: number): string {
  return `${String(Math.round(characters / (1024 * 1024)))} MB`;
}
