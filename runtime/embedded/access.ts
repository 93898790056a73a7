import type { Config } from "#runtime/config.ts";
import type { DatabaseAccess } from "#runtime/db/connect.ts";
import { findEmbedded } from "./address.ts";

/** The database of this installation: the one that DATABASE_URL names, else the embedded one that is running. */
export function databaseAccess(config: Config): DatabaseAccess {
  return { url: config.databaseUrl ?? findEmbedded(config), masterKey: config.masterKey };
}
