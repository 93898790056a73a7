import type { Ctx, Duration, NoNeeds, Tier, WorkflowNeeds } from "./ctx.ts";
import type { InputOf, OutputOf, StandardSchema } from "./standard-schema.ts";

export type {
  ConnectionAction,
  ConnectionActions,
  ConnectionHandle,
  ConnectionNeed,
} from "./ctx-connections.ts";
export type {
  ActionHandler,
  ActionHandlerContext,
  AuthHandler,
  AuthHandlerContext,
  AuthHandlerResult,
} from "./connector/handler.ts";
export type {
  ConnectionAlias,
  Ctx,
  CustomerFacts,
  Duration,
  EnvironmentFacts,
  HmacOptions,
  Log,
  NoNeeds,
  RevealableName,
  RunFacts,
  SecretName,
  SecretNeed,
  Tier,
  VariableName,
  VariableNeed,
  WorkflowNeeds,
} from "./ctx.ts";
export { defineConnector } from "./connector/define.ts";
export type { Connector, ConnectorInput } from "./connector/schema.ts";
export type { InputOf, OutputOf, StandardIssue, StandardResult, StandardSchema } from "./standard-schema.ts";

// A registered symbol: a bundle may hold its own copy of this file, and its workflows are known all the same.
const WORKFLOW: unique symbol = Symbol.for("tenon.workflow");

/** What {@link defineWorkflow} makes. Export it as the default export of the workflow's file. */
export interface Workflow<
  Schema extends StandardSchema = StandardSchema,
  Needs extends WorkflowNeeds = WorkflowNeeds,
  Result = unknown,
> {
  readonly [WORKFLOW]: 1;
  readonly options: WorkflowOptions<Schema, Needs>;
  readonly handler: (ctx: Ctx<OutputOf<Schema>, Needs>, input: OutputOf<Schema>) => Result | Promise<Result>;
}

/** What a workflow says of itself. Everything is optional; misspelt fields are refused when you publish. */
export interface WorkflowOptions<
  Schema extends StandardSchema = StandardSchema,
  Needs extends WorkflowNeeds = WorkflowNeeds,
> {
  /**
   * Lower-case words joined by `-`, at most 100 characters: what the CLI deploys to. Default: the file's name.
   */
  readonly slug?: string;
  /** `instant` (≤ 60 s, the caller gets the result), `standard` (≤ 15 min), `long` (≤ 6 h). Default `"standard"`. */
  readonly tier?: Tier;
  /** Wall time of one attempt, at most the tier's limit. Default: the tier's limit. */
  readonly timeout?: Duration;
  /**
   * What a run starts from. `"fresh"`, the default: a new isolate. `"warm"`: a new context, with globals of its own,
   * in the isolate that the last run of the same version, environment and customer left clean; it starts sooner, and
   * more runs fit a machine. Choose it for code that you trust not to attack its own customer's other runs: what
   * keeps two contexts of one isolate apart is V8 alone.
   */
  readonly isolation?: Isolation;
  /**
   * Any Standard Schema, such as a Zod object. What of it JSON Schema can say is checked before a run starts;
   * formats, refinements and transformations are the schema's own, at the beginning of the run. Default: any JSON.
   */
  readonly input?: Schema;
  /** What the workflow may reach. Default: nothing. */
  readonly needs?: Needs;
  /** How failures and timeouts are tried again. */
  readonly retry?: RetryOptions;
}

/** What a run starts from: a new isolate, or a new context in one that was left clean. */
export type Isolation = "fresh" | "warm";

/** Waits between attempts: `initialInterval × backoffCoefficient ^ (attempt − 1)`, at most `maxInterval`. */
export interface RetryOptions {
  /** Attempts in all, the first included: 1 to 100. Default 3; for the tier `instant` 1, because a caller waits. */
  readonly maxAttempts?: number;
  /** Default `"5s"`. */
  readonly initialInterval?: Duration;
  /** 1 to 100. Default 2. */
  readonly backoffCoefficient?: number;
  /** Default `"60s"`. */
  readonly maxInterval?: Duration;
}

/**
 * Defines a workflow: what it needs, and what it does. Give the result to `export default`.
 *
 * @param options - The manifest: tier, limits, input schema and needs. It is read once, when the version is
 * published, so it must not depend on anything that changes.
 * @param handler - The code. It gets `ctx` with exactly what `needs` declares, and the validated input.
 * What it returns must fit JSON (at most 1 MB) and is the run's result; what it throws fails the attempt.
 *
 * @example
 * ```ts
 * import { defineWorkflow } from "tenon";
 * import { z } from "zod";
 *
 * export default defineWorkflow(
 *   {
 *     slug: "sync-invoice",
 *     timeout: "5m",
 *     input: z.object({ invoiceId: z.string() }),
 *     needs: { secrets: { ERP_KEY: {} }, egress: ["erp.example.com"] },
 *   },
 *   async (ctx, { invoiceId }) => {
 *     const response = await ctx.fetch(`https://erp.example.com/invoices/${invoiceId}`, {
 *       headers: { authorization: `Bearer ${ctx.secrets.ERP_KEY}` },
 *     });
 *     return { status: response.status };
 *   },
 * );
 * ```
 */
export function defineWorkflow<
  Schema extends StandardSchema = StandardSchema,
  const Needs extends WorkflowNeeds = NoNeeds,
  Result = unknown,
>(
  options: WorkflowOptions<Schema, Needs>,
  handler: (ctx: Ctx<OutputOf<Schema>, Needs>, input: OutputOf<Schema>) => Result | Promise<Result>,
): Workflow<Schema, Needs, Result> {
  return { [WORKFLOW]: 1, options, handler };
}

/** What callers of a workflow send as input. */
export type WorkflowInput<Defined> =
  Defined extends Workflow<infer Schema, infer _Needs, infer _Result> ? InputOf<Schema> : never;
