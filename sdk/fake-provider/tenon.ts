import { randomUUID } from "node:crypto";
import { createClient } from "../client.ts";
import type { ClientOptions, TenonClient } from "../client.ts";
import { createTransport } from "../client-request.ts";
import type { Transport } from "../client-request.ts";
import { fieldsOf, authMethodOf } from "../connector/methods.ts";
import type { FakeProvider } from "./start.ts";

/** What a connection is, as far as an exercise looks. */
export interface ExercisedConnection {
  readonly id: string;
  readonly status: string;
  readonly problem: { readonly code: string; readonly message: string } | null;
  readonly account: { readonly id: string; readonly name: string | null } | null;
}

/** A running Tenon with everything that one connector needs in it, under names of its own. */
export interface Bench {
  readonly transport: Transport;
  readonly client: TenonClient;
  readonly provider: FakeProvider;
  /** Names the connector, the environment and the workflow. */
  readonly slug: string;
  readonly needsConsent: boolean;
  readonly environment: string;
  /** Takes away what `prepareBench` made, and the connection. */
  clear(): Promise<void>;
}

/** Makes an environment, the connector, its OAuth app, and a workflow that uses a connection of it. */
export async function prepareBench(
  server: ClientOptions,
  provider: FakeProvider,
  slug: string,
): Promise<Bench> {
  const transport = createTransport(server);
  const client = createClient(server);
  const method = authMethodOf(provider.connector, provider.method);
  const bench: Bench = {
    transport,
    client,
    provider,
    slug,
    environment: slug,
    needsConsent: method?.type === "oauth2" && method.grant === "authorization_code",
    clear: async () => clear(bench),
  };
  await client.environments.create({ slug });
  try {
    await post(bench, "/connectors", { definition: { ...provider.connector, slug } });
    if (method?.type === "oauth2") {
      await post(bench, "/oauth-apps", { connector: slug, environment: slug, ...appOf(provider) });
    }
    await deployUser(bench);
  } catch (error) {
    await clear(bench);
    throw error;
  }
  return bench;
}

/** Connects the account: with consent where the method needs it, else with the provider's fields. */
export async function connect(bench: Bench): Promise<ExercisedConnection> {
  const given = {
    connector: bench.slug,
    environment: bench.environment,
    method: bench.provider.method,
    fields: acceptedFields(bench),
  };
  if (!bench.needsConsent) {
    return post(bench, "/connections", given);
  }
  await consent(bench, await post(bench, "/connections/authorize", given));
  const path = `/connections?environment=${bench.environment}&connector=${bench.slug}`;
  const { data } = await bench.transport.json<{ data: readonly ExercisedConnection[] }>({
    method: "GET",
    path,
  });
  const [connection] = data;
  if (connection === undefined) {
    throw new Error("After the callback there is no connection.");
  }
  return connection;
}

/** Connects the same account again, in place. */
export async function reconnect(bench: Bench, id: string): Promise<ExercisedConnection> {
  const fields = acceptedFields(bench);
  const answer = await post<{ authorizeUrl?: string }>(bench, `/connections/${id}/reconnect`, { fields });
  if (answer.authorizeUrl !== undefined) {
    await consent(bench, { authorizeUrl: answer.authorizeUrl });
  }
  return read(bench, id);
}

export async function read({ transport }: Bench, id: string): Promise<ExercisedConnection> {
  return transport.json({ method: "GET", path: `/connections/${id}` });
}

/** Does something to a connection: `test`, `refresh`, `disconnect`. */
export async function act<Result>(bench: Bench, id: string, verb: string): Promise<Result> {
  return post(bench, `/connections/${id}/${verb}`);
}

/** Runs a workflow that makes one request with the connection. */
export async function use({
  client,
  slug,
  environment,
}: Bench): Promise<{ status: number | null; problem: string }> {
  const run = await client.runs.create({ workflow: slug, environment }, { wait: 60 });
  const status = (run.result as { status?: number } | null)?.status ?? null;
  const said = run.error === null ? JSON.stringify(run.result) : `${run.error.code}: ${run.error.message}`;
  return { status, problem: `The run ended as ${run.status}: ${said}` };
}

async function consent(
  { provider }: Bench,
  { authorizeUrl }: { readonly authorizeUrl: string },
): Promise<void> {
  const callback = await provider.consent(authorizeUrl);
  const page = await fetch(callback);
  const text = await page.text();
  if (!page.ok) {
    const said = text.replaceAll(/<(style|script).*?<\/\1>|<[^>]*>/gs, " ").replaceAll(/\s+/g, " ");
    throw new Error(`The callback answered ${String(page.status)}: ${said.trim()}`);
  }
}

async function post<Result>({ transport }: Bench, path: string, body: object = {}): Promise<Result> {
  return transport.json({ method: "POST", path, body, headers: { "idempotency-key": randomUUID() } });
}

/** The values that the provider accepts, of the fields that this method asks for. */
function acceptedFields({ provider }: Bench): Readonly<Record<string, string>> {
  const method = authMethodOf(provider.connector, provider.method);
  const asked = method === undefined ? {} : fieldsOf(provider.connector, method);
  return Object.fromEntries(Object.entries(provider.fields).filter(([name]) => Object.hasOwn(asked, name)));
}

function appOf({ clientId, clientSecret, privateKey, keyId }: FakeProvider): object {
  return {
    clientId,
    clientSecret,
    ...(privateKey === null ? {} : { privateKey }),
    ...(keyId === null ? {} : { keyId }),
  };
}

async function deployUser({ client, slug, environment }: Bench): Promise<void> {
  const needs = { connections: { it: { connector: slug, owner: "organization" } } };
  const source = `import { defineWorkflow } from "tenon";
export default defineWorkflow({ retry: { maxAttempts: 1 }, needs: ${JSON.stringify(needs)} }, async (ctx) => {
  const response = await ctx.connections.it.fetch("/tenon-exercise");
  return { status: response.status };
});`;
  await client.workflows.create({ slug });
  const { number: version } = await client.versions.publish(slug, { source, filename: `${slug}.ts` });
  await client.deployments.create(slug, { environment, version });
}

/** Whatever there is of it: an exercise may have ended anywhere. */
async function clear({ client, transport, slug, environment }: Bench): Promise<void> {
  const remove = async (path: string): Promise<void> => {
    await transport.json<undefined>({ method: "DELETE", path }).catch(() => undefined);
  };
  const ids = async (path: string): Promise<readonly string[]> => {
    const page = await transport
      .json<{ data: readonly { id: string }[] }>({ method: "GET", path })
      .catch(() => ({ data: [] }));
    return page.data.map(({ id }) => id);
  };
  for (const id of await ids(`/connections?environment=${environment}`)) {
    await remove(`/connections/${id}?force=true`);
  }
  await remove(`/workflows/${slug}?force=true`);
  for (const id of await ids(`/oauth-apps?connector=${slug}`)) {
    await remove(`/oauth-apps/${id}`);
  }
  await remove(`/connectors/${slug}`);
  await client.environments.remove(environment, { force: true }).catch(() => undefined);
}
