import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import path from "node:path";

/** The account that PostgreSQL runs as: null is our own. */
export type Account = { readonly uid: number; readonly gid: number } | null;

/** PostgreSQL refuses root, so root lends it an account without power: `postgres` where it exists, else `nobody`. */
export function unprivilegedAccount(): Account {
  if (process.getuid?.() !== 0) {
    return null;
  }
  for (const name of ["postgres", "nobody"]) {
    try {
      const id = (flag: string) =>
        Number(execFileSync("id", [flag, name], { stdio: ["ignore", "pipe", "ignore"] }));
      return { uid: id("-u"), gid: id("-g") };
    } catch {
      // This account does not exist here: try the next.
    }
  }
  return { uid: 65_534, gid: 65_534 };
}

/** Whether `account` may enter every folder on the way to `target` (which itself need not exist yet). */
export function canReach(account: Account, target: string): boolean {
  if (account === null) {
    return true;
  }
  for (let folder = path.dirname(target); ; folder = path.dirname(folder)) {
    const { mode, uid, gid } = statSync(folder);
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) {
      return false;
    }
    if (folder === path.dirname(folder)) {
      return true;
    }
  }
}
