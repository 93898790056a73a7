import { createHmac } from "node:crypto";
import postgres from "postgres";
import type { Sql } from "postgres";

/** The two login roles of the product. Neither owns anything, neither bypasses row-level security. */
export type Role = "tenon_app" | "tenon_system";

/** How a process reaches the database: the owner's URL, and the key that the roles' passwords come from. */
export interface DatabaseAccess {
  /** URL of the owner (migrations only). */
  readonly url: string;
  readonly masterKey: Buffer;
}

/** The two pools of a process. Everything tenant goes through `asOrganization`, the rest through `asSystem`. */
export interface Database {
  readonly app: Sql;
  readonly system: Sql;
  close(): Promise<void>;
}

/** A role's password: derived, so that every process that has the master key can log in and nobody else. */
export function rolePassword(masterKey: Buffer, role: Role): string {
  return createHmac("sha256", masterKey).update(`database role ${role}`).digest("hex");
}

/** Opens the pools of one process. Connections are made when first used. */
export function connectDatabase(access: DatabaseAccess, options: { poolSize: number; process: string }): Database {
  const pool = (role: Role, max: number): Sql => {
    const url = new URL(access.url);
    url.username = role;
    url.password = rolePassword(access.masterKey, role);
    return postgres(url.href, {
      max,
      idle_timeout: 300,
      connect_timeout: 10,
      onnotice: () => undefined,
      // Only column names: the keys inside JSON values are data.
      transform: { column: { from: postgres.toCamel } },
      connection: { application_name: `tenon ${options.process}` },
    });
  };
  const app = pool("tenon_app", options.poolSize);
  const system = pool("tenon_system", 3);
  return {
    app,
    system,
    close: async () => {
      await Promise.all([app.end({ timeout: 5 }), system.end({ timeout: 5 })]);
    },
  };
}
