import { createHmac } from "node:crypto";
import { Client, Pool } from "pg";
import type { ClientConfig } from "pg";

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
  readonly app: Pool;
  readonly system: Pool;
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 30_000;
/** Idle connections cost memory in PostgreSQL; a new one costs a few milliseconds. */
const IDLE_TIMEOUT_MS = 20_000;

/** A role's password: derived, so that every process that has the master key can log in and nobody else. */
export function rolePassword(masterKey: Buffer, role: Role): string {
  return createHmac("sha256", masterKey).update(`database role ${role}`).digest("hex");
}

/** Settings of a connection as one of the product's roles. */
export function roleConnection(access: DatabaseAccess, role: Role, process: string): ClientConfig {
  const url = new URL(access.url);
  url.username = role;
  url.password = rolePassword(access.masterKey, role);
  return { connectionString: url.href, application_name: `tenon ${process}`, keepAlive: true };
}

/** Opens the pools of one process. Connections are made when first used, and again when they broke. */
export function connectDatabase(
  access: DatabaseAccess,
  options: { poolSize: number; process: string },
): Database {
  const pool = (role: Role, max: number): Pool => {
    const made = new Pool({
      ...roleConnection(access, role, options.process),
      max,
      idleTimeoutMillis: IDLE_TIMEOUT_MS,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      pipeline: true,
    });
    surviveBrokenConnections(made);
    return made;
  };
  const app = pool("tenon_app", options.poolSize);
  const system = pool("tenon_system", 2);
  return {
    app,
    system,
    close: async () => {
      await Promise.all([app.end(), system.end()]);
    },
  };
}

/**
 * An `error` event that nobody listens to ends the process. A connection that breaks is replaced at the next
 * use, and whoever uses it hears of it from the query.
 */
export function surviveBrokenConnections(pool: Pool): void {
  pool.on("error", () => undefined);
  pool.on("connect", (client) => {
    client.on("error", () => undefined);
  });
}

/** Runs `work` on one connection as the owner: for the schema only. */
export async function asOwner<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  // Without a listener a broken connection would end the process; the query under way rejects as well.
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
