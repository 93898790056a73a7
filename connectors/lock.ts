import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { builtInDefinition, builtInSlugs } from "./index.ts";

/** What is locked of a built-in connector: its version counts up with each change of its definition. */
export interface Locked {
  readonly version: number;
  readonly hash: string;
}

/** Where the lock is kept. */
export const LOCK_FILE = path.join(import.meta.dirname, "lock.json");

const lockSchema = z.record(z.string(), z.object({ version: z.number().int().positive(), hash: z.string() }));

/** The lock as it was committed. */
export function readLock(): Readonly<Record<string, Locked>> {
  return lockSchema.parse(JSON.parse(readFileSync(LOCK_FILE, "utf8")));
}

/** The lock as the definitions of now ask for it, counting on from `before`. */
export function lockOf(before: Readonly<Record<string, Locked>>): Record<string, Locked> {
  return Object.fromEntries(
    builtInSlugs().map((slug) => {
      const hash = hashOf(builtInDefinition(slug));
      const known = before[slug];
      return [slug, known?.hash === hash ? known : { version: (known?.version ?? 0) + 1, hash }];
    }),
  );
}

/** SHA-256 of a definition, whatever the order of its keys. */
function hashOf(definition: unknown): string {
  return createHash("sha256").update(JSON.stringify(definition, sortKeys)).digest("hex");
}

function sortKeys(_key: string, value: unknown): unknown {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
    : value;
}
