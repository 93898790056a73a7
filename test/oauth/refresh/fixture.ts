import { createEgress } from "#runtime/egress/fetch.ts";
import { createFirstOrganization } from "#runtime/embedded/bootstrap.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { newId } from "#runtime/ids.ts";
import { createLogger } from "#runtime/log.ts";
import { createCatalogue } from "#runtime/oauth/catalogue.ts";
import type { Credential } from "#runtime/oauth/credential.ts";
import { nowOf, type RefreshParts } from "#runtime/oauth/refresh-parts.ts";
import type { PreparedCredential } from "#runtime/oauth/store-credential.ts";
import { openCredential, prepareCredential } from "#runtime/oauth/store-credential.ts";
import { createKeyring } from "#runtime/vault/keyring.ts";
import { seal } from "#runtime/vault/seal.ts";
import { authMethodOf, parseConnector } from "#sdk/connector/parse.ts";
import type { ConnectorInput } from "#sdk/connector/schema.ts";
import { createTestDatabase } from "#test/support/database.ts";
import type { TestDatabase } from "#test/support/database.ts";

/** A definition whose provider is on loopback. `oauth`: more of its OAuth method. */
export function definitionFor(port: number, oauth: Readonly<Record<string, unknown>> = {}): ConnectorInput {
  const origin = `http://localhost:${String(port)}`;
  return {
    slug: "acme-test",
    name: "Acme",
    hosts: [origin],
    baseUrl: `${origin}/api`,
    auth: [
      {
        id: "oauth",
        type: "oauth2",
        label: "OAuth",
        authorizeUrl: `${origin}/authorize`,
        tokenUrl: `${origin}/token`,
        revokeUrl: `${origin}/revoke`,
        refresh: { rotation: "always" },
        ...oauth,
      },
    ],
    actions: [],
  };
}

/** A clock that a test moves. */
export interface TestClock {
  readonly now: () => Date;
  advance(ms: number): void;
  /** Stands still from now on, but for being advanced: where a test is about a second, and machines are slow. */
  freeze(): void;
  /** Goes on from where it stood still. */
  thaw(): void;
}

export function testClock(): TestClock {
  let ahead = 0;
  let frozen: number | null = null;
  return {
    now: () => new Date((frozen ?? Date.now()) + ahead),
    freeze: () => {
      frozen = Date.now();
    },
    thaw: () => {
      ahead -= frozen === null ? 0 : Date.now() - frozen;
      frozen = null;
    },
    advance: (ms) => {
      ahead += ms;
    },
  };
}

/** A connection's public face and plan, as the database has them. */
export interface ConnectionState {
  readonly status: string;
  readonly problem: { readonly code: string; readonly message: string } | null;
  readonly version: number;
  readonly dueAt: Date | null;
  readonly expiresAt: Date | null;
  readonly leaseToken: string | null;
  readonly failures: number;
}

/** One organization with one connector, its OAuth app, and connections whose tokens were just issued. */
export interface RefreshBench {
  readonly db: TestDatabase;
  readonly parts: RefreshParts;
  readonly clock: TestClock;
  readonly organizationId: string;
  readonly environmentId: string;
  readonly appId: string;
  /** Makes a connection whose access token lives `seconds` more. */
  connect(refreshToken: string | null, seconds: number): Promise<string>;
  connectMany(refreshTokens: readonly string[], seconds: (index: number) => number): Promise<string[]>;
  state(connectionId: string): Promise<ConnectionState>;
  credential(connectionId: string): Promise<Credential>;
  query<Row extends object>(statement: (sql: TenantSql) => PromiseLike<Row[]>): Promise<Row[]>;
  /** Parts as another process would have them. */
  otherParts(): RefreshParts;
  close(): Promise<void>;
}

export async function startRefreshBench(
  definition: ConnectorInput,
  database?: TestDatabase,
): Promise<RefreshBench> {
  const db = database ?? (await createTestDatabase());
  const organization = await createFirstOrganization(db.database);
  if (organization === null) {
    throw new Error("the database is not empty");
  }
  const { organizationId } = organization;
  const clock = testClock();
  const egress = createEgress({ allow: ["127.0.0.0/8", "::1/128"] });
  const makeParts = (): RefreshParts => ({
    database: db.database,
    keyring: createKeyring({ database: db.database, masterKey: db.masterKey, previousMasterKey: null }),
    egress,
    catalogue: createCatalogue(db.database),
    log: createLogger("test", "silent"),
    now: clock.now,
  });
  const parts = makeParts();
  const query: RefreshBench["query"] = async (statement) =>
    asOrganization(db.database, organizationId, statement);
  const [environment] = await query(
    (sql) =>
      sql<{ id: string }[]>`select id from environments where organization_id = ${organizationId} limit 1`,
  );
  const environmentId = environment?.id ?? "";
  const connector = parseConnector(definition);
  const appId = await registerConnector(parts, { organizationId, definition });
  const method = authMethodOf(connector);
  if (method === undefined) {
    throw new Error("the definition has no auth method");
  }

  const connectMany: RefreshBench["connectMany"] = async (refreshTokens, seconds) => {
    const now = nowOf(parts);
    const prepared: PreparedCredential[] = [];
    for (const [index, refreshToken] of refreshTokens.entries()) {
      prepared.push(
        await prepareCredential(parts.keyring, {
          organizationId,
          connectionId: newId(),
          connector: connector.slug,
          method,
          oauthAppId: appId,
          from: null,
          credential: credentialOf(refreshToken === "" ? null : refreshToken, now, seconds(index)),
          now: new Date(now),
        }),
      );
    }
    for (let at = 0; at < prepared.length; at += 500) {
      const batch = prepared.slice(at, at + 500);
      await query(async (sql) => {
        await sql`
          insert into connections (id, organization_id, environment_id, connector, method, name, owner, status)
          select id, ${organizationId}, ${environmentId}, ${connector.slug}, ${method.id}, 'test', 'organization', 'healthy'
          from unnest(${batch.map(({ connectionId }) => connectionId)}::uuid[]) as id`;
        // As `writeCredential` does it for one: a hundred thousand would take minutes.
        await sql`
          insert into credentials (connection_id, organization_id, connector, oauth_app_id, data_sealed, expires_at, due_at)
          select id, ${organizationId}, ${connector.slug}, ${appId}, sealed, expires_at, due_at
          from unnest(${batch.map(({ connectionId }) => connectionId)}::uuid[], ${batch.map(({ sealed }) => sealed)}::bytea[],
            ${batch.map(({ schedule }) => schedule.expiresAt)}::timestamptz[],
            ${batch.map(({ schedule }) => schedule.dueAt)}::timestamptz[]) as t (id, sealed, expires_at, due_at)`;
        return [];
      });
    }
    // What is due this very second is due.
    await query(
      (sql) => sql`
        update credentials set due_at = ${new Date(now - 1)}
        where organization_id = ${organizationId} and due_at <= ${new Date(now + 1_000)}`,
    );
    return prepared.map(({ connectionId }) => connectionId);
  };

  return {
    db,
    parts,
    clock,
    organizationId,
    environmentId,
    appId,
    connectMany,
    connect: async (refreshToken, seconds) => {
      const [id = ""] = await connectMany([refreshToken ?? ""], () => seconds);
      return id;
    },
    state: async (connectionId) => {
      const [row] = await query(
        (sql) => sql<ConnectionState[]>`
          select n.status, n.problem, c.version, c.due_at, c.expires_at, c.lease_token, c.failures
          from connections n join credentials c on c.connection_id = n.id
          where n.organization_id = ${organizationId} and n.id = ${connectionId}`,
      );
      if (row === undefined) {
        throw new Error(`there is no connection ${connectionId}`);
      }
      return row;
    },
    credential: async (connectionId) => {
      const [row] = await query(
        (sql) => sql<{ version: number; dataSealed: Buffer }[]>`
          select version, data_sealed from credentials
          where organization_id = ${organizationId} and connection_id = ${connectionId}`,
      );
      return openCredential(parts.keyring, {
        organizationId,
        connectionId,
        version: row?.version ?? 0,
        sealed: row?.dataSealed ?? Buffer.alloc(0),
      });
    },
    query,
    otherParts: makeParts,
    close: async () => {
      await egress.close();
      await (database === undefined ? db.close() : db.database.close());
    },
  };
}

function credentialOf(refreshToken: string | null, now: number, seconds: number): Credential {
  return {
    fields: {},
    tokens: {
      main: {
        accessToken: "at_first",
        refreshToken,
        expiresAt: now + seconds * 1_000,
        refreshExpiresAt: null,
        scopes: [],
        // An hour's token of which only this much is left.
        issuedAt: Math.min(now, now + seconds * 1_000 - 3_600_000),
      },
    },
    callback: {},
    token: {},
    authorizedAt: now,
  };
}

async function registerConnector(
  parts: RefreshParts,
  given: { readonly organizationId: string; readonly definition: ConnectorInput },
): Promise<string> {
  const { organizationId, definition } = given;
  const [id, appId] = [newId(), newId()];
  const sealed = await seal(
    parts.keyring,
    { organizationId, table: "oauth_apps", row: appId, column: "credential", version: 1 },
    JSON.stringify({ clientSecret: "client-secret" }),
  );
  await asOrganization(parts.database, organizationId, async (sql) => {
    await sql`insert into connectors (id, organization_id, slug) values (${id}, ${organizationId}, ${definition.slug})`;
    await sql`
      insert into connector_versions (id, organization_id, connector_id, number, definition, hash)
      values (${newId()}, ${organizationId}, ${id}, 1, ${sql.json(definition)}, 'hash')`;
    await sql`
      insert into oauth_apps (id, organization_id, connector, name, client_id, credential_sealed)
      values (${appId}, ${organizationId}, ${definition.slug}, 'Acme', 'client', ${sealed})`;
  });
  return appId;
}
