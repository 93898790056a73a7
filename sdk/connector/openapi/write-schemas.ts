import type { ActionInput } from "../action.ts";
import type { ImportLimits } from "./limits.ts";
import type { ActionDraft } from "./operation.ts";
import { expandSchema } from "./schema.ts";
import type { SchemaMaker } from "./schema.ts";

/** The schemas of an action, written out. */
export type WrittenSchemas = Pick<ActionInput, "input" | "output">;

/** Every action has room for this much, so that its own parameters are described. */
const LEAST = 200;
/** What else an action takes in a definition: its slug, commas, braces. */
const AROUND = 150;

/**
 * Writes out the schemas of all actions, so that the definition as a whole stays within its limit: inputs first,
 * because they are what a caller must know. Each may take three times its share of what is left. Answers those of
 * the first actions only when the others do not fit.
 */
export function writeSchemas(
  maker: SchemaMaker,
  drafts: readonly ActionDraft[],
  limits: ImportLimits,
): readonly WrittenSchemas[] {
  let room = limits.definition - drafts.reduce((size, { action }) => size + bytesOf(action) + AROUND, 0);
  const share = (left: number): number =>
    Math.max(LEAST, Math.min(limits.schema, Math.floor((3 * room) / Math.max(1, left)), room));
  const inputs: WrittenSchemas["input"][] = [];
  for (const [position, { input }] of drafts.entries()) {
    // As much again is kept for the outputs.
    const written = expandSchema(maker, input, "input", share(2 * drafts.length - position));
    room -= bytesOf(written);
    if (room < 0) {
      break;
    }
    inputs.push(written);
  }
  return inputs.map((input, position) => {
    const output = drafts[position]?.output;
    if (output === undefined || room < LEAST) {
      return { input };
    }
    const written = expandSchema(maker, output, "output", share(inputs.length - position));
    room -= bytesOf(written);
    return { input, output: written };
  });
}

const encoder = new TextEncoder();

/** How many bytes a value takes as JSON. */
export function bytesOf(value: unknown): number {
  return encoder.encode(JSON.stringify(value)).length;
}
