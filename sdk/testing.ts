import type { ConnectionNeed } from "./ctx-connections.ts";
import type {
  Ctx,
  CustomerFacts,
  EnvironmentFacts,
  HmacOptions,
  RunFacts,
  VariableNeed,
  WorkflowNeeds,
} from "./ctx.ts";
import type { Workflow } from "./index.ts";
import type { InputOf, StandardIssue, StandardSchema } from "./standard-schema.ts";
import { testConnections } from "./testing-connections.ts";
import type { TestActionCall, TestConnection } from "./testing-connections.ts";
import { loggedData } from "./testing-log.ts";
import { fill, placeholderOf, reveal, sign, valueOf } from "./testing-secrets.ts";

export type { TestActionCall, TestConnection } from "./testing-connections.ts";

/** One line that the code under test logged. */
export interface TestLogLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  /** As it was when it was logged, in the form that production stores: an error is its message, stack and causes. */
  readonly data: unknown;
}

/** What a test decides about the world of a run. Everything is optional. */
export interface TestWorld {
  /** Values by name. `ctx.secrets.X` still gives a placeholder, as in production. Default: none. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Names of secrets that `ctx.reveal` may read. Default: all that `secrets` has. */
  readonly revealable?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  /** Connections by the names that the workflow gives them; `undefined` is an optional one that there is none of. */
  readonly connections?: Readonly<Record<string, TestConnection | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Answers `ctx.fetch`. The request has its secrets filled in, as the server would see it. Default: refuses. */
  readonly fetch?: (request: Request) => Response | Promise<Response>;
  readonly run?: Partial<RunFacts>;
  readonly environment?: Partial<EnvironmentFacts>;
  /** Default: `null`, a run for no customer. */
  readonly customer?: Partial<CustomerFacts> | null;
  readonly signal?: AbortSignal;
}

/** A `ctx` for tests, with a record of what the code did. */
export interface TestContext<Input, Needs extends WorkflowNeeds> extends Ctx<Input, Needs> {
  /** What was logged, in order. */
  readonly logged: readonly TestLogLine[];
  /** Requests that `ctx.fetch` and connections sent, in order, with their secrets filled in. */
  readonly requests: readonly Request[];
  /** Actions of connections that were called, in order. */
  readonly calls: readonly TestActionCall[];
}

/** The needs that a test's world answers: exactly the secrets, variables and connections that it gives. */
export interface GivenNeeds<Secrets, Variables, Connections = object> {
  readonly connections: { readonly [Alias in keyof Connections]: ConnectionNeed };
  readonly secrets: { readonly [Name in keyof Secrets]: { readonly reveal: true } };
  readonly variables: { readonly [Name in keyof Variables]: VariableNeed };
}

/** How a test run ended: what the workflow returned as its caller would get it, and what it did. */
export interface TestRun<Result> {
  readonly result: Result;
  readonly logged: readonly TestLogLine[];
  readonly requests: readonly Request[];
  readonly calls: readonly TestActionCall[];
}

/** The input does not fit the workflow's schema: in production no run would start. */
export class InvalidInputError extends Error {
  override readonly name = "InvalidInputError";
  readonly issues: readonly StandardIssue[];

  constructor(issues: readonly StandardIssue[]) {
    super(`The input is invalid: ${issues.map((issue) => `${pathOf(issue)}${issue.message}`).join("; ")}`);
    this.issues = issues;
  }
}

/**
 * A `ctx` for unit tests of a handler. Nothing leaves the process: `ctx.fetch` is answered by the test.
 *
 * @example
 * ```ts
 * const ctx = createTestContext({ input: { name: "Ada" }, variables: { GREETING: "Hello" } });
 * assert.deepEqual(await handler(ctx, ctx.input), { text: "Hello, Ada!" });
 * assert.equal(ctx.logged[0]?.message, "greeting");
 * ```
 */
export function createTestContext<
  Input = null,
  const Secrets extends Readonly<Record<string, string>> = Readonly<Record<string, string>>,
  const Variables extends Readonly<Record<string, string>> = Readonly<Record<string, string>>,
  const Connections extends Readonly<Record<string, TestConnection | undefined>> = Readonly<
    Record<string, TestConnection | undefined>
  >,
>(
  world: TestWorld & {
    readonly input?: Input;
    readonly secrets?: Secrets;
    readonly variables?: Variables;
    readonly connections?: Connections;
  } = {},
): TestContext<Input, GivenNeeds<Secrets, Variables, Connections>> {
  const secrets = world.secrets ?? {};
  const logged: TestLogLine[] = [];
  const requests: Request[] = [];
  const calls: TestActionCall[] = [];
  const write = (level: TestLogLine["level"]) => (message: string, data?: unknown) =>
    void logged.push({ level, message, data: loggedData(data) });
  const signal = world.signal ?? new AbortController().signal;
  const context = {
    input: (world.input ?? null) as Input,
    headers: world.headers ?? {},
    run: { ...RUN, ...world.run },
    environment: { ...ENVIRONMENT, ...world.environment },
    customer: world.customer == null ? null : { ...CUSTOMER, ...world.customer },
    variables: declared("variable", world.variables ?? {}),
    secrets: declared(
      "secret",
      mapValues(secrets, (name) => placeholderOf(name)),
    ),
    connections: declared(
      "connection",
      testConnections(world.connections ?? {}, {
        request: async (request) => {
          const filled = await fill(request, secrets);
          requests.push(filled.clone());
          return filled;
        },
        call: (call) => void calls.push(call),
      }),
    ),
    reveal: (name: string) => reveal(name, secrets, world.revealable),
    hmac: (name: string, data: string | Uint8Array, options?: HmacOptions) =>
      sign(valueOf(name, secrets), data, options),
    log: { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") },
    fetch: async (input: string | URL | Request, init?: RequestInit) => {
      const request = await fill(new Request(input, { signal, ...init }), secrets);
      requests.push(request.clone());
      return answer(request, world.fetch);
    },
    signal,
    logged,
    requests,
    calls,
  };
  // One cast for the one thing that types cannot follow: the names in `secrets`, `variables` and `connections` are the test's.
  return context as unknown as TestContext<Input, GivenNeeds<Secrets, Variables, Connections>>;
}

/**
 * Runs a workflow as production would: the input goes through its schema first, and the result through JSON.
 *
 * @param workflow - What the workflow's file exports by default: a definition or a plain function.
 * @param world - Input and surroundings.
 * @returns The result as a caller of the API gets it, the log, and the requests.
 * @throws {@link InvalidInputError} where the input does not fit; otherwise what the handler throws.
 *
 * @example
 * ```ts
 * const { result, requests } = await runWorkflow(workflow, {
 *   input: { invoiceId: "42" },
 *   secrets: { ERP_KEY: "test-key" },
 *   fetch: () => Response.json({ total: 100 }),
 * });
 * assert.equal(requests[0]?.headers.get("authorization"), "Bearer test-key");
 * ```
 */
export async function runWorkflow<Schema extends StandardSchema, Needs extends WorkflowNeeds, Result>(
  workflow: Workflow<Schema, Needs, Result>,
  world: TestWorld & { readonly input?: InputOf<Schema> },
): Promise<TestRun<Awaited<Result>>>;
export async function runWorkflow<Input, Result>(
  workflow: (ctx: Ctx<Input>) => Result,
  world: TestWorld & { readonly input?: Input },
): Promise<TestRun<Awaited<Result>>>;
export async function runWorkflow(
  workflow: Workflow | ((ctx: Ctx) => unknown),
  world: TestWorld & { readonly input?: unknown },
): Promise<TestRun<unknown>> {
  const isPlain = typeof workflow === "function";
  const sent: unknown = throughJson(world.input ?? null);
  const input = isPlain ? sent : await validate(workflow.options.input, sent);
  const ctx = createTestContext<unknown>({ ...world, input });
  const result = isPlain ? await workflow(ctx) : await workflow.handler(ctx, input);
  return { result: throughJson(result), logged: ctx.logged, requests: ctx.requests, calls: ctx.calls };
}

const RUN: RunFacts = {
  id: "00000000-0000-7000-8000-000000000001",
  attempt: 1,
  tier: "standard",
  workflow: "test",
  version: 1,
  trigger: "api",
  createdAt: "2026-01-01T00:00:00.000Z",
};
const ENVIRONMENT: EnvironmentFacts = {
  id: "00000000-0000-7000-8000-000000000002",
  slug: "test",
  production: false,
};
const CUSTOMER: CustomerFacts = {
  id: "00000000-0000-7000-8000-000000000003",
  slug: "test-customer",
  name: "Test customer",
  externalId: null,
  metadata: {},
};

async function validate(schema: StandardSchema | undefined, value: unknown): Promise<unknown> {
  if (schema === undefined) {
    return value;
  }
  const checked = await schema["~standard"].validate(value);
  if (checked.issues !== undefined) {
    throw new InvalidInputError(checked.issues);
  }
  return checked.value;
}

function throughJson(value: unknown): unknown {
  return value === undefined ? null : (JSON.parse(JSON.stringify(value) ?? "null") as unknown);
}

function pathOf(issue: StandardIssue): string {
  const keys = (issue.path ?? []).map((part) => String(typeof part === "object" ? part.key : part));
  return keys.length === 0 ? "" : `${keys.join(".")}: `;
}

/** Reading a name that the test did not give fails, as production does for a name that is not declared. */
function declared<Value>(
  kind: string,
  values: Readonly<Record<string, Value>>,
): Readonly<Record<string, Value>> {
  return new Proxy(values, {
    get: (target, name) => {
      if (typeof name === "string" && !Object.hasOwn(target, name)) {
        throw new Error(
          `The test has no ${kind} "${name}": pass ${kind}s: { ${name}: ${kind === "connection" ? "{ … }" : '"…"'} }.`,
        );
      }
      return Reflect.get(target, name) as unknown;
    },
  });
}

function mapValues(
  values: Readonly<Record<string, string>>,
  map: (name: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.keys(values).map((name) => [name, map(name)]));
}

async function answer(request: Request, fetch: TestWorld["fetch"]): Promise<Response> {
  if (fetch === undefined) {
    throw new TypeError(
      `The test does not answer ${request.method} ${request.url}: pass fetch: () => Response.json({ … }).`,
    );
  }
  request.signal.throwIfAborted();
  return fetch(request);
}
