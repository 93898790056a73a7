import type { ServerResponse } from "node:http";
import { createConnection } from "#runtime/connections/create.ts";
import type { ConnectionOwner } from "#runtime/connections/owner.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { contentHash, newId } from "#runtime/ids.ts";
import { createCatalogue } from "#runtime/oauth/catalogue.ts";
import type { Credential, TokenSet } from "#runtime/oauth/credential.ts";
import { createKeyring } from "#runtime/vault/keyring.ts";
import { seal } from "#runtime/vault/seal.ts";
import { parseConnector } from "#sdk/connector/parse.ts";
import type { ConnectorInput } from "#sdk/connector/schema.ts";
import { serve } from "#test/egress/server.ts";
import type { Product } from "#test/support/product.ts";
import { deployWorkflow, runWorkflow } from "#test/support/workflow.ts";
import type { RunJson } from "#test/support/workflow.ts";

/** The parts of a definition that a test says; the rest is a plain API with a bearer token. */
export type TestDefinition = Partial<Omit<ConnectorInput, "slug">>;

/** An own connector whose API is a server on loopback. Resolves to its slug. */
export async function makeConnector(
  product: Product,
  port: number,
  definition: TestDefinition = {},
): Promise<string> {
  const slug = `api-${String(port)}-${newId().slice(-6)}`;
  const origin = `http://localhost:${String(port)}`;
  const stored = {
    slug,
    name: "Test API",
    hosts: [origin],
    baseUrl: origin,
    auth: [{ id: "token", type: "bearer", label: "Token" }],
    ...definition,
  };
  parseConnector(stored);
  const { organizationId } = product;
  const id = newId();
  await asOrganization(product.db.database, organizationId, async (sql) => {
    await sql`insert into connectors (id, organization_id, slug) values (${id}, ${organizationId}, ${slug})`;
    await sql`
      insert into connector_versions (id, organization_id, connector_id, number, definition, hash)
      values (${newId()}, ${organizationId}, ${id}, 1, ${sql.json(stored)}, ${contentHash(JSON.stringify(stored))})`;
  });
  return slug;
}

export interface TestConnection {
  readonly connector: string;
  readonly method?: string;
  readonly name?: string;
  readonly owner?: ConnectionOwner;
  readonly fields?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly tokens?: Readonly<Record<string, TokenSet>>;
  readonly kept?: Readonly<Record<string, string>>;
  readonly oauthAppId?: string;
  readonly environment?: string;
}

/** A connection with what was pasted, or with tokens as an authorization would have left them. Resolves to its id. */
export async function connect(product: Product, given: TestConnection): Promise<string> {
  const { database, masterKey } = product.db;
  const keyring = createKeyring({ database, masterKey, previousMasterKey: null });
  const environment = await product.call<{ id: string }>(
    "GET",
    `/environments/${given.environment ?? "development"}`,
  );
  const credential: Credential = {
    fields: given.secrets ?? {},
    tokens: given.tokens ?? {},
    callback: {},
    token: given.kept ?? {},
    authorizedAt: Date.now(),
  };
  const id = newId();
  await createConnection(
    { database, keyring, catalogue: createCatalogue(database) },
    {
      id,
      organizationId: product.organizationId,
      environmentId: environment.body.id,
      connector: given.connector,
      method: given.method ?? "token",
      name: given.name ?? "Main",
      owner: given.owner ?? { kind: "organization" },
      fields: given.fields ?? {},
      credential,
      oauthAppId: given.oauthAppId ?? null,
      account: null,
      scopes: [],
      verification: null,
      actor: { type: "system" },
    },
  );
  return id;
}

/** The credential of the connections that `connectEchoing` makes. */
export const TOKEN = "token-0123456789-abcdef";

/** A connection with these actions to a server that answers what it received. */
export async function connectEchoing(
  product: Product,
  actions: NonNullable<TestDefinition["actions"]>,
  more: TestDefinition = {},
) {
  const server = await serve((request, response) =>
    json(response, {
      method: request.method,
      url: request.url,
      type: request.headers["content-type"],
      body: request.body,
    }),
  );
  const connector = await makeConnector(product, server.port, { actions, ...more });
  await connect(product, { connector, secrets: { token: TOKEN } });
  return { server, needs: { api: { connector } } };
}

/** A customer with its id. */
export async function makeCustomer(
  product: Product,
  slug: string,
): Promise<{ readonly slug: string; readonly id: string }> {
  const answer = await product.call<{ id: string }>("POST", "/customers", { slug });
  return { slug, id: answer.body.id };
}

/** Sets what the refresh engine, or a disconnect, would have left. */
export async function setStatus(product: Product, connectionId: string, status: string): Promise<void> {
  await asOrganization(product.db.database, product.organizationId, async (sql) => {
    await sql`
      update connections set status = ${status}
      where organization_id = ${product.organizationId} and id = ${connectionId}`;
  });
}

let made = 0;

/** Deploys a workflow that is tried once and needs these connections, and runs it. */
export async function runWith(
  product: Product,
  connections: Readonly<Record<string, object>>,
  handler: string,
  options: { readonly input?: unknown; readonly customer?: string; readonly needs?: string } = {},
): Promise<RunJson> {
  const slug = `connected-${String((made += 1))}`;
  await deployWorkflow(
    product,
    slug,
    `import { defineWorkflow } from "tenon";
export default defineWorkflow({ retry: { maxAttempts: 1 }, needs: { connections: ${JSON.stringify(connections)}, ${options.needs ?? ""} } }, ${handler});`,
  );
  const { customer } = options;
  return runWorkflow(product, slug, options.input ?? null, customer === undefined ? {} : { customer });
}

/** Answers JSON. */
export function json(
  response: ServerResponse,
  body: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

/** An OAuth app of the organization for a connector, with a client secret. Resolves to its id. */
export async function makeOAuthApp(
  product: Product,
  connector: string,
  clientSecret = "app-secret-1234",
): Promise<string> {
  const { organizationId } = product;
  const { database, masterKey } = product.db;
  const keyring = createKeyring({ database, masterKey, previousMasterKey: null });
  const id = newId();
  const place = { organizationId, table: "oauth_apps", row: id, column: "credential", version: 1 };
  const sealed = await seal(keyring, place, JSON.stringify({ clientSecret }));
  await asOrganization(database, organizationId, async (sql) => {
    await sql`
      insert into oauth_apps (id, organization_id, connector, name, client_id, credential_sealed)
      values (${id}, ${organizationId}, ${connector}, 'Test', 'client-1', ${sealed})`;
  });
  return id;
}
