import type { Database } from "#runtime/db/connect.ts";
import { asSystem } from "#runtime/db/tenant.ts";
import type { Logger } from "#runtime/log.ts";

const MINUTE_MS = 60_000;
const REMEMBERED_KEYS = 10_000;

/** Remembers when API keys were last used, without making any request wait for it. */
export interface KeyUse {
  note(keyId: string, lastUsedAt: Date | null): void;
}

/** Writes `last_used_at` at most once a minute for each key; a lost write costs a minute of precision. */
export function createKeyUse(database: Database, log: Logger): KeyUse {
  const noted = new Map<string, number>();
  return {
    note: (keyId, lastUsedAt) => {
      const now = Date.now();
      if (now - Math.max(lastUsedAt?.getTime() ?? 0, noted.get(keyId) ?? 0) < MINUTE_MS) {
        return;
      }
      if (noted.size >= REMEMBERED_KEYS) {
        noted.clear();
      }
      noted.set(keyId, now);
      asSystem(database)`update api_keys set last_used_at = now() where id = ${keyId}`.catch(
        (error: unknown) => {
          log.debug({ err: error }, "last use of an API key was not noted");
        },
      );
    },
  };
}
