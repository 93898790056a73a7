/** Writes connectors/lock.json anew after a change of the catalogue: `node test/connectors/write-lock.ts`. */
import { existsSync, writeFileSync } from "node:fs";
import { LOCK_FILE, lockOf, readLock } from "#connectors/lock.ts";

const lock = lockOf(existsSync(LOCK_FILE) ? readLock() : {});
writeFileSync(LOCK_FILE, `${JSON.stringify(lock, null, 2)}\n`);
