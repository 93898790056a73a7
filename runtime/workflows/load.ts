import { asOrganization } from "#runtime/db/tenant.ts";
import type { Database } from "#runtime/db/connect.ts";

/** Bundles kept in memory, in characters of code and map together. */
const CACHE_CHARACTERS = 32_000_000;

/** Built code by its hash. */
export interface LoadedBundle {
  readonly hash: string;
  readonly code: string;
  readonly sourceMap: string | null;
}

/** Loads bundles by organization and hash, and keeps those in use in memory: they are immutable. */
export interface BundleLoader {
  load(organizationId: string, hash: string): Promise<LoadedBundle>;
}

/** A loader for one worker; the bundles that were not used for the longest time make room. */
export function createBundleLoader(database: Database): BundleLoader {
  const cache = new Map<string, Promise<LoadedBundle>>();
  const sizes = new Map<string, number>();
  let total = 0;
  const forget = (key: string): void => {
    total -= sizes.get(key) ?? 0;
    sizes.delete(key);
    cache.delete(key);
  };
  return {
    load: async (organizationId, hash) => {
      const key = `${organizationId}/${hash}`;
      const known = cache.get(key);
      if (known !== undefined) {
        // Moved to the end: a Map's order is the order of insertion.
        cache.delete(key);
        cache.set(key, known);
        return known;
      }
      const loading = read(database, organizationId, hash);
      cache.set(key, loading);
      try {
        const bundle = await loading;
        const size = bundle.code.length + (bundle.sourceMap?.length ?? 0);
        sizes.set(key, size);
        total += size;
        for (const oldest of cache.keys()) {
          if (total <= CACHE_CHARACTERS || oldest === key) {
            break;
          }
          forget(oldest);
        }
        return bundle;
      } catch (error) {
        forget(key);
        throw error;
      }
    },
  };
}

async function read(database: Database, organizationId: string, hash: string): Promise<LoadedBundle> {
  const [bundle] = await asOrganization(
    database,
    organizationId,
    async (sql) => sql<LoadedBundle[]>`
      select hash, code, source_map from bundles where organization_id = ${organizationId} and hash = ${hash}`,
  );
  if (bundle === undefined) {
    throw new Error(`the bundle ${hash} of organization ${organizationId} is missing`);
  }
  return bundle;
}
