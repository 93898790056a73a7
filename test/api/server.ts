import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { createApp } from "#api/app.ts";
import type { ApiParts } from "#api/parts.ts";
import type { Grant } from "#api/scopes.ts";
import { readConfig } from "#runtime/config.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { createEgress } from "#runtime/egress/fetch.ts";
import { newId } from "#runtime/ids.ts";
import { makeApiKey } from "#runtime/keys.ts";
import { createLogger } from "#runtime/log.ts";
import { createCatalogue } from "#runtime/oauth/catalogue.ts";
import { localCourier } from "#runtime/oauth/courier.ts";
import { connectQueue } from "#runtime/queue/backend.ts";
import { createRunQueue } from "#runtime/queue/run-queue.ts";
import { createRunFeed } from "#runtime/runs/feed.ts";
import { createRunNotifier } from "#runtime/runs/notify.ts";
import { createKeyring } from "#runtime/vault/keyring.ts";
import { createTestDatabase } from "#test/support/database.ts";
import type { TestDatabase } from "#test/support/database.ts";
import { createClient } from "./client.ts";
import type { Client } from "./client.ts";

/** The API on a real listener, a database of its own and the queue on it; no worker. */
export interface TestApi {
  readonly url: string;
  readonly db: TestDatabase;
  readonly parts: ApiParts;
  /** Ends waits and streams, as a process that is about to stop does. */
  stop(): void;
  close(): Promise<void>;
}

/** An organization with a key, and the ways to make more keys. */
export interface Tenant {
  readonly organizationId: string;
  readonly keyId: string;
  readonly key: string;
  readonly client: Client;
  /** Another client of the same organization, with its own key. */
  withKey(options: KeyOptions): Promise<Client>;
}

/** What a key of a test may and may not. */
export interface KeyOptions {
  readonly kind?: "test" | "live";
  readonly scopes?: readonly Grant[];
  readonly expiresAt?: Date;
  readonly revokedAt?: Date;
}

/** Starts the API as `api/main.ts` does, in this process. */
export async function startApi(overrides: Partial<ApiParts> = {}): Promise<TestApi> {
  const db = await createTestDatabase();
  const access = { url: db.url, masterKey: db.masterKey };
  const log = createLogger("test", "silent");
  const backend = connectQueue({ redisUrl: null, database: access }, { poolSize: 2, log });
  const notifier = createRunNotifier(access, log);
  const feed = await createRunFeed({ database: db.database, access, log });
  const stopping = new AbortController();
  const keyring = createKeyring({
    database: db.database,
    masterKey: db.masterKey,
    previousMasterKey: null,
  });
  const egress = createEgress({ allow: ["127.0.0.0/8", "::1/128"] });
  const catalogue = createCatalogue(db.database);
  let url = "";
  const parts: ApiParts = {
    config: readConfig({ DATABASE_URL: db.url, TENON_MASTER_KEY: db.masterKey.toString("base64") }),
    database: db.database,
    keyring,
    queue: createRunQueue(backend),
    notifier,
    feed,
    egress,
    catalogue,
    courier: localCourier({ database: db.database, keyring, egress, catalogue, log }),
    log,
    publicUrl: () => url,
    stopping: stopping.signal,
    ...overrides,
  };
  const server = createAdaptorServer({ fetch: createApp(parts).fetch }) as Server;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return {
    url,
    db,
    parts,
    stop: () => {
      stopping.abort();
    },
    close: async () => {
      stopping.abort();
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      await Promise.all([feed.close(), notifier.close(), parts.queue.close(), parts.courier.close()]);
      await Promise.all([backend.close(), egress.close()]);
      await db.close();
    },
  };
}

/** Makes an organization with a live key that may do everything. */
export async function makeTenant(api: TestApi, options: KeyOptions = {}): Promise<Tenant> {
  const organizationId = newId();
  await asOrganization(api.db.database, organizationId, async (sql) => {
    await sql`insert into organizations (organization_id, name) values (${organizationId}, 'Test')`;
  });
  const first = await insertKey(api, organizationId, options);
  return {
    organizationId,
    keyId: first.id,
    key: first.key,
    client: createClient(api.url, first.key),
    withKey: async (more) => createClient(api.url, (await insertKey(api, organizationId, more)).key),
  };
}

async function insertKey(
  api: TestApi,
  organizationId: string,
  options: KeyOptions,
): Promise<{ id: string; key: string }> {
  const { kind = "live", scopes = ["*"], expiresAt = null, revokedAt = null } = options;
  const { key, hash, preview } = makeApiKey(kind);
  const id = newId();
  await asOrganization(api.db.database, organizationId, async (sql) => {
    await sql`
      insert into api_keys (id, organization_id, name, kind, preview, hash, scopes, expires_at, revoked_at)
      values (${id}, ${organizationId}, 'test', ${kind}, ${preview}, ${hash}, ${[...scopes]}, ${expiresAt}, ${revokedAt})`;
  });
  return { id, key };
}

/** Leaves no connection of earlier tests: an account is connected once for its owner. */
export async function forgetConnections(api: TestApi, { organizationId }: Tenant): Promise<void> {
  await asOrganization(api.db.database, organizationId, async (sql) => {
    await sql`delete from connections where organization_id = ${organizationId}`;
  });
}
