import type { ActionInput } from "../action.ts";
import type { ImportLimits } from "./limits.ts";
import type { ActionDraft } from "./operation.ts";
import { expandSchema } from "./schema.ts";
import type { SchemaMaker } from "./schema.ts";

type Written = Pick<ActionInput, "input" | "output">;

/** Every action has room for this much, so that its own parameters are described. */
const LEAST = 200;

/**
 * Writes out the schemas of all actions, so that the definition as a whole stays within its limit: inputs first,
 * because they are what a caller must know. Each may take three times its share of what is left.
 */
export function writeSchemas(
  maker: SchemaMaker,
  drafts: readonly ActionDraft[],
  limits: ImportLimits,
): readonly Written[] {
  let room =
    limits.definition - drafts.reduce((size, { action }) => size + JSON.stringify(action).length + 100, 0);
  const share = (left: number): number =>
    Math.max(LEAST, Math.min(limits.schema, Math.floor((3 * room) / Math.max(1, left)), room));
  const count = drafts.length;
  const inputs = drafts.map(({ input }, position) => {
    // Half of the room is the outputs'.
    const written = expandSchema(maker, input, "input", share(2 * count - position));
    room -= JSON.stringify(written).length;
    return written;
  });
  return drafts.map(({ output }, position): Written => {
    const input = inputs[position] ?? true;
    if (output === undefined) {
      return { input };
    }
    const written = expandSchema(maker, output, "output", share(count - position));
    room -= JSON.stringify(written).length;
    return { input, output: written };
  });
}
