import { randomUUID } from "node:crypto";
import { runEvents } from "./client-events.ts";
import type { EventOptions } from "./client-events.ts";
import { connections, connectors, connectSessions, oauthApps } from "./client-connections.ts";
import { at, createTransport, get, post } from "./client-request.ts";
import type { ClientOptions, Transport } from "./client-request.ts";
import type {
  ApiKey,
  Attempt,
  AuditEntry,
  CurrentKey,
  Customer,
  CustomerFields,
  Deployment,
  Environment,
  LogLine,
  Organization,
  Page,
  PageQuery,
  Run,
  RunEvent,
  RunStatus,
  RunSummary,
  Secret,
  Variable,
  Version,
  VersionSummary,
  WorkflowResource,
} from "./resources.ts";

export type { ClientOptions } from "./client-request.ts";
export type { EventOptions } from "./client-events.ts";
export type {
  ConnectionQuery,
  Consent,
  NewConnection,
  OAuthAppSecrets,
  SearchQuery,
} from "./client-connections.ts";
export type * from "./connection-resources.ts";
export type * from "./resources.ts";
export { TenonApiError, TenonConnectionError } from "./errors.ts";
export type { FieldError, Problem } from "./errors.ts";

/** What `POST /runs` accepts. */
export interface StartRun {
  /** Id or slug. */
  readonly workflow: string;
  /** Id or slug. */
  readonly environment: string;
  /** Id or slug of the customer that the run works for. */
  readonly customer?: string;
  /** Any JSON that fits the workflow's input schema; at most 1 MB. */
  readonly input?: unknown;
  /** Number of a version, instead of the one that is live in the environment. */
  readonly version?: number;
  /** Wait for a debugger before the first line. Only on an author's own machine, where TENON_INSPECT is set. */
  readonly inspect?: boolean;
}

/** How to wait for a run, and how to name the request. */
export interface StartOptions {
  /** Seconds to wait for the result, 0 to 60, whatever the tier. Instant runs wait without it. */
  readonly wait?: number;
  /**
   * Two requests with the same key start one run. Default: a new random key per call, so that a retry after
   * a broken connection never starts a second run.
   */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

/** Filters of the list of runs. Ids or slugs; times are ISO 8601. */
export interface RunQuery extends PageQuery {
  readonly status?: RunStatus;
  readonly workflow?: string;
  readonly environment?: string;
  readonly customer?: string;
  readonly createdAfter?: string;
  readonly createdBefore?: string;
}

/** Filters of the audit log; times are ISO 8601. */
export interface AuditQuery extends PageQuery {
  readonly action?: string;
  /** Id of an API key or a run. */
  readonly actor?: string;
  readonly resourceType?: string;
  readonly outcome?: AuditEntry["outcome"];
  readonly after?: string;
  readonly before?: string;
}

/** What a new version is made of: a built bundle, or the text of a single file. */
export type VersionContent =
  | { readonly bundle: string; readonly sourceMap?: string }
  | { readonly source: string; readonly filename?: string };

/** The API of one Tenon server, with one key. Make it by {@link createClient}. */
export type TenonClient = ReturnType<typeof createClient>;

/**
 * A typed client of the HTTP API. Every method throws `TenonApiError` for what the server refuses and
 * `TenonConnectionError` where it cannot be reached; safe requests are tried again after 429 and 503.
 *
 * @param options - Address and API key.
 *
 * @example
 * ```ts
 * import { createClient } from "tenon/client";
 *
 * const tenon = createClient({ url: "https://tenon.example.com", apiKey });
 * const run = await tenon.runs.create({ workflow: "hello", environment: "production", input: { name: "Ada" } });
 * for await (const event of tenon.runs.events(run.id)) console.log(event);
 * ```
 */
export function createClient(options: ClientOptions) {
  const transport = createTransport(options);
  return {
    organization: organization(transport),
    environments: environments(transport),
    variables: variables(transport),
    secrets: secrets(transport),
    customers: customers(transport),
    apiKeys: apiKeys(transport),
    workflows: workflows(transport),
    versions: versions(transport),
    deployments: deployments(transport),
    runs: runs(transport),
    connectors: connectors(transport),
    connections: connections(transport),
    oauthApps: oauthApps(transport),
    connectSessions: connectSessions(transport),
    audit: {
      /** Who did what, newest first. */
      list: (query: AuditQuery = {}) =>
        transport.json<Page<AuditEntry>>({ method: "GET", path: "/audit", query: { ...query } }),
    },
  };
}

/**
 * Every item of a list, page after page.
 *
 * @example
 * ```ts
 * for await (const run of everyPage((cursor) => tenon.runs.list({ status: "failed", ...cursor }))) console.log(run.id);
 * ```
 */
export async function* everyPage<Item>(
  list: (page: { cursor?: string }) => Promise<Page<Item>>,
): AsyncGenerator<Item> {
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page: Page<Item> = await list(cursor === undefined ? {} : { cursor });
    yield* page.data;
    cursor = page.nextCursor;
  }
}

function organization({ json }: Transport) {
  return {
    /** The organization of the key. */
    get: () => json<Organization>(get("/organization")),
    /** Connect pages show the name. */
    update: (body: { name: string }) => json<Organization>({ method: "PATCH", path: "/organization", body }),
  };
}

function environments({ json }: Transport) {
  return {
    list: (query: PageQuery = {}) => json<Page<Environment>>(get("/environments", { ...query })),
    get: (environment: string) => json<Environment>(get(at`/environments/${environment}`)),
    create: (body: { slug: string; name?: string; production?: boolean }) =>
      json<Environment>(post("/environments", body)),
    update: (environment: string, body: { name?: string; production?: boolean }) =>
      json<Environment>({ method: "PATCH", path: at`/environments/${environment}`, body }),
    /** Refused while workflows are live in it, unless forced. */
    remove: (environment: string, { force }: { force?: boolean } = {}) =>
      json<void>({ method: "DELETE", path: at`/environments/${environment}`, query: { force } }),
  };
}

function variables({ json }: Transport) {
  return {
    list: (environment: string, query: PageQuery = {}) =>
      json<Page<Variable>>(get(at`/environments/${environment}/variables`, { ...query })),
    get: (environment: string, name: string) =>
      json<Variable>(get(at`/environments/${environment}/variables/${name}`)),
    /** Creates or replaces. */
    put: (environment: string, name: string, value: string) =>
      json<Variable>({
        method: "PUT",
        path: at`/environments/${environment}/variables/${name}`,
        body: { value },
      }),
    remove: (environment: string, name: string) =>
      json<void>({ method: "DELETE", path: at`/environments/${environment}/variables/${name}` }),
  };
}

function secrets({ json }: Transport) {
  const path = (environment: string, name: string): string =>
    at`/environments/${environment}/secrets/${name}`;
  return {
    /** Names, hosts and versions; never values. `customer`: that customer's overrides. */
    list: (environment: string, query: PageQuery & { customer?: string } = {}) =>
      json<Page<Secret>>(get(at`/environments/${environment}/secrets`, { ...query })),
    get: (environment: string, name: string, query: { customer?: string } = {}) =>
      json<Secret>(get(path(environment, name), query)),
    /** Creates or changes; without `value` the stored one stays. */
    put: (
      environment: string,
      name: string,
      body: { value?: string; hosts?: readonly string[]; reveal?: boolean },
      query: { customer?: string } = {},
    ) => json<Secret>({ method: "PUT", path: path(environment, name), body, query }),
    remove: (environment: string, name: string, query: { customer?: string } = {}) =>
      json<void>({ method: "DELETE", path: path(environment, name), query }),
  };
}

function customers({ json }: Transport) {
  return {
    list: (query: PageQuery = {}) => json<Page<Customer>>(get("/customers", { ...query })),
    get: (customer: string) => json<Customer>(get(at`/customers/${customer}`)),
    create: (body: CustomerFields & { readonly slug: string }) => json<Customer>(post("/customers", body)),
    update: (customer: string, body: CustomerFields) =>
      json<Customer>({ method: "PATCH", path: at`/customers/${customer}`, body }),
    /** Erases the customer with its secrets and runs. */
    remove: (customer: string) => json<void>({ method: "DELETE", path: at`/customers/${customer}` }),
  };
}

function apiKeys({ json }: Transport) {
  return {
    /** Who this client is. */
    current: (options: { signal?: AbortSignal } = {}) =>
      json<CurrentKey>({ ...get("/api-keys/current"), ...options }),
    list: (query: PageQuery = {}) => json<Page<ApiKey>>(get("/api-keys", { ...query })),
    get: (id: string) => json<ApiKey>(get(at`/api-keys/${id}`)),
    /** The only time that the key itself is shown. */
    create: (body: {
      name: string;
      kind: "test" | "live";
      scopes?: readonly string[];
      expiresAt?: string | null;
    }) => json<ApiKey & { readonly key: string; readonly warning: string | null }>(post("/api-keys", body)),
    revoke: (id: string) => json<void>({ method: "DELETE", path: at`/api-keys/${id}` }),
  };
}

function workflows({ json }: Transport) {
  return {
    list: (query: PageQuery = {}) => json<Page<WorkflowResource>>(get("/workflows", { ...query })),
    get: (workflow: string) => json<WorkflowResource>(get(at`/workflows/${workflow}`)),
    create: (body: { slug: string; name?: string; description?: string }) =>
      json<WorkflowResource>(post("/workflows", body)),
    update: (
      workflow: string,
      body: { name?: string; description?: string; status?: "active" | "inactive" },
    ) => json<WorkflowResource>({ method: "PATCH", path: at`/workflows/${workflow}`, body }),
    remove: (workflow: string) => json<void>({ method: "DELETE", path: at`/workflows/${workflow}` }),
  };
}

function versions({ json }: Transport) {
  return {
    list: (workflow: string, query: PageQuery = {}) =>
      json<Page<VersionSummary>>(get(at`/workflows/${workflow}/versions`, { ...query })),
    get: (workflow: string, version: number | string, query: { include?: "source" } = {}) =>
      json<Version>(get(at`/workflows/${workflow}/versions/${version}`, query)),
    /** Publishes. The same content again answers the version that it already is. */
    publish: (workflow: string, content: VersionContent) =>
      json<Version>(post(at`/workflows/${workflow}/versions`, content)),
  };
}

function deployments({ json }: Transport) {
  return {
    list: (query: PageQuery & { environment?: string; workflow?: string; live?: boolean } = {}) =>
      json<Page<Deployment>>(get("/deployments", { ...query })),
    /** Puts a version live; deploying an older one is the way back. */
    create: (workflow: string, body: { environment: string; version: number | string }) =>
      json<Deployment>(post(at`/workflows/${workflow}/deployments`, body)),
  };
}

function runs(transport: Transport) {
  const { json } = transport;
  return {
    /** Starts a run. With the tier `instant`, or with `wait`, it usually comes back finished. */
    create: (body: StartRun, options: StartOptions = {}) =>
      json<Run>({
        ...post("/runs", body),
        query: { wait: options.wait },
        headers: { "idempotency-key": options.idempotencyKey ?? randomUUID() },
        signal: options.signal,
      }),
    list: (query: RunQuery = {}) => json<Page<RunSummary>>(get("/runs", { ...query })),
    get: (run: string) => json<Run>(get(at`/runs/${run}`)),
    logs: (run: string, query: PageQuery = {}) =>
      json<Page<LogLine>>(get(at`/runs/${run}/logs`, { ...query })),
    attempts: (run: string) => json<Page<Attempt>>(get(at`/runs/${run}/attempts`)),
    /** Asks the run to stop; it has stopped when its status says `cancelled`. */
    cancel: (run: string) => json<Run>(post(at`/runs/${run}/cancel`)),
    /** Status changes and log lines as they happen, from the first line on, until the run has ended. */
    events: (run: string, options: EventOptions = {}): AsyncGenerator<RunEvent> =>
      runEvents(transport, run, options),
  };
}
