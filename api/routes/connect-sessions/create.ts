import type { z } from "@hono/zod-openapi";
import { endpoint } from "#api/endpoint.ts";
import type { Call } from "#api/endpoint.ts";
import { audit } from "#api/middleware/audit.ts";
import { REPLAYED, createOnce } from "#api/middleware/idempotency.ts";
import { invalid } from "#api/middleware/parse.ts";
import { findCustomer, findEnvironment } from "#api/references.ts";
import { hashToken, redirectUri } from "#runtime/connections/authorization-state.ts";
import { makeConnectToken } from "#runtime/connections/connect-session.ts";
import { findConnectors } from "#runtime/connections/connect-offer.ts";
import { readUsableMethods } from "#runtime/connections/usable-methods.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { NotFoundError } from "#runtime/errors.ts";
import { newId } from "#runtime/ids.ts";
import {
  createConnectSessionBody,
  LIFETIMES,
  newConnectSessionSchema,
  readConnectSession,
  showConnectSession,
} from "./schema.ts";
import type { ConnectSessionRow } from "./schema.ts";

type Body = z.output<typeof createConnectSessionBody>;
type CreateCall = Call<unknown, unknown, Body>;

export const createConnectSession = endpoint({
  method: "post",
  path: "/connect-sessions",
  operationId: "createConnectSession",
  tag: "Connect sessions",
  summary: "Let a customer connect accounts",
  description:
    'Answers the URL of a page for one customer: open it in a popup, a frame (from an allowed origin) or by redirect. The page posts `{source: "tenon-connect", type, connection}` to the allowed origins; `type` is `ready`, `connected`, `failed` or `closed`.',
  scope: "connect-sessions:manage",
  action: "connect-session.create",
  idempotent: true,
  body: createConnectSessionBody,
  bodyExample: {
    environment: "production",
    customer: "acme",
    connectors: ["acme-crm"],
    allowedOrigins: ["https://app.example.com"],
  },
  answers: {
    201: {
      description: "The new session; `token` and `url` are shown this once.",
      schema: newConnectSessionSchema,
    },
  },
}).handledBy(async (call) => {
  const { parts, caller, body } = call;
  const base = parts.publicUrl();
  const seconds = lifetimeOf(body);
  await Promise.all((body.connectors ?? []).map(async (slug, index) => requireConnector(call, slug, index)));
  const id = newId();
  const token = makeConnectToken("tncs");
  const { value, replayed } = await createOnce(call, {
    id,
    create: async (sql) => insert(sql, call, { id, token, seconds }),
    find: async (sql, earlier) => readConnectSession(sql, caller, earlier),
  });
  const shown = { ...showConnectSession(value), warnings: await warningsOf(call, value) };
  return replayed
    ? { status: 201, body: { ...shown, token: null, url: null }, headers: REPLAYED }
    : { status: 201, body: { ...shown, token, url: `${base}/connect/${id}#${token}` } };
});

/** The page offers only what works: whoever asks for more is told what is missing for it. */
async function warningsOf(
  { parts, caller: { organizationId } }: CreateCall,
  { connectors, environment }: ConnectSessionRow,
): Promise<string[]> {
  const found = await findConnectors(parts.catalogue, { organizationId, slugs: connectors });
  const usable = await readUsableMethods(parts, { organizationId, environmentId: environment.id }, found);
  return found
    .filter(({ slug }) => usable.get(slug)?.length === 0)
    .map(({ slug }) => {
      const uri = redirectUri(parts.publicUrl(), slug);
      return `"${slug}" cannot be connected in "${environment.slug}" yet: no OAuth app is registered for it. Register one at the provider with the redirect URI ${uri}, and store it with POST /oauth-apps (tenon oauth-apps set ${slug} --client-id <id>).`;
    });
}

function lifetimeOf({ kind, expiresIn }: Body): number {
  const { usual, longest } = LIFETIMES[kind];
  if (expiresIn !== undefined && expiresIn > longest) {
    throw invalid([
      { path: "expiresIn", message: `must be at most ${String(longest)} for the kind "${kind}"` },
    ]);
  }
  return expiresIn ?? usual;
}

async function requireConnector({ parts, caller }: CreateCall, slug: string, index: number): Promise<void> {
  await parts.catalogue.load(caller.organizationId, slug).catch((error: unknown) => {
    if (error instanceof NotFoundError) {
      throw invalid([{ path: `connectors.${String(index)}`, message: `names no connector: "${slug}"` }]);
    }
    throw error;
  });
}

async function insert(
  sql: TenantSql,
  call: CreateCall,
  { id, token, seconds }: { readonly id: string; readonly token: string; readonly seconds: number },
): Promise<ConnectSessionRow> {
  const { caller, body } = call;
  const environment = await findEnvironment(sql, caller, body.environment);
  const customer = await findCustomer(sql, caller, body.customer);
  const connectors =
    body.connectors ?? (await connectorOf(sql, call, { environment: environment.id, customer: customer.id }));
  await sql`
    insert into connect_sessions (id, organization_id, environment_id, customer_id, customer_user, kind, token_hash,
      connectors, connection_id, allowed_origins, redirect_url, metadata, created_by, expires_at)
    values (${id}, ${caller.organizationId}, ${environment.id}, ${customer.id}, ${body.customerUser ?? null},
      ${body.kind}, ${hashToken(token)}, ${[...new Set(connectors)]}, ${body.connection ?? null},
      ${[...new Set(body.allowedOrigins)]}, ${body.redirectUrl ?? null}, ${sql.json(body.metadata)}, ${caller.keyId},
      now() + ${seconds} * interval '1 second')`;
  await audit(sql, call, {
    resourceId: id,
    details: { environment: environment.slug, customer: customer.slug, kind: body.kind, connectors },
  });
  return readConnectSession(sql, caller, id);
}

/** The connector of the one connection that is to be renewed; it must be this customer's, and this user's. */
async function connectorOf(
  sql: TenantSql,
  { caller, body }: CreateCall,
  of: { readonly environment: string; readonly customer: string },
): Promise<readonly string[]> {
  const connection = body.connection ?? "";
  const [found] = await sql<{ connector: string }[]>`
    select connector from connections
    where organization_id = ${caller.organizationId} and id = ${connection} and environment_id = ${of.environment}
      and customer_id = ${of.customer} and customer_user is not distinct from ${body.customerUser ?? null}`;
  if (found === undefined) {
    throw new NotFoundError("connection of this customer in this environment", connection);
  }
  return [found.connector];
}
