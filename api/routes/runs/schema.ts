import { z } from "@hono/zod-openapi";
import { id, instant, instantInput, mention, reference } from "#api/fields.ts";
import { pageOf, pageQuery } from "#api/page.ts";
import type { AttemptView, RunSummary, RunView, StoredLogLine } from "#runtime/runs/read.ts";
import { RUN_STATUSES } from "#runtime/runs/status.ts";

const status = z.enum(RUN_STATUSES);
const json = z.unknown().openapi({ description: "Any JSON." });

const runError = z
  .looseObject({
    code: z.string(),
    reason: z.string().optional().openapi({
      description: "With TENON_FETCH_FAILED, what the network said, as in ECONNREFUSED or CERT_HAS_EXPIRED.",
    }),
    name: z.string(),
    message: z.string(),
    stack: z.string().nullable().optional(),
    location: z.object({ file: z.string(), line: z.number(), column: z.number() }).nullable().optional(),
    cause: z.unknown().optional(),
  })
  .openapi("RunError", { description: "Redacted; positions are those of the author's own files." });

export const runSummarySchema = z
  .object({
    id,
    workflow: mention,
    environment: mention,
    customer: mention.nullable(),
    version: z.int(),
    tier: z.enum(["instant", "standard", "long"]),
    status,
    trigger: z.string(),
    attempt: z.int(),
    maxAttempts: z.int(),
    error: runError.nullable(),
    createdAt: instant,
    startedAt: instant.nullable(),
    finishedAt: instant.nullable(),
    durationMs: z
      .int()
      .nullable()
      .openapi({ description: "From its first start to its end; null before the end." }),
    cancelRequested: z.boolean(),
  })
  .openapi("RunSummary");

export const runSchema = runSummarySchema.extend({ input: json, result: json }).openapi("Run", {
  example: {
    id: "019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e77",
    workflow: { id: "019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e78", slug: "sync-invoices" },
    environment: { id: "019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e79", slug: "staging" },
    customer: { id: "019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e7a", slug: "acme" },
    version: 3,
    tier: "instant",
    status: "completed",
    trigger: "api",
    attempt: 1,
    maxAttempts: 1,
    error: null,
    createdAt: "2026-11-22T09:30:00.000Z",
    startedAt: "2026-11-22T09:30:00.003Z",
    finishedAt: "2026-11-22T09:30:00.009Z",
    durationMs: 6,
    cancelRequested: false,
    input: { invoiceId: "in_1042" },
    result: { synced: true },
  },
});

export const runPage = pageOf(runSummarySchema);
export const runParams = z.strictObject({ run: z.string().openapi({ description: "Id of the run." }) });

export const createRunQuery = z.strictObject({
  wait: z.coerce.number().min(0).max(60).optional().openapi({
    type: "number",
    minimum: 0,
    maximum: 60,
    description: "Seconds to wait for the end. Default: 60 for instant workflows, else 0.",
  }),
});

export const createRunBody = z.strictObject({
  workflow: reference("workflow", "sync-invoices"),
  environment: reference("environment", "staging"),
  customer: reference("customer", "acme").nullable().default(null),
  input: json
    .optional()
    .openapi({ description: "Any JSON, at most 1 MB; checked against the version's schema." }),
  inspect: z.boolean().default(false).openapi({
    description:
      "Wait for a debugger before the first line. Only on an author's own machine (TENON_INSPECT), never in production.",
  }),
  version: z
    .int()
    .min(1)
    .max(2_147_483_647)
    .nullable()
    .default(null)
    .openapi({
      type: ["integer", "null"],
      minimum: 1,
      description: "Number of a version to try instead of the one that is live.",
    }),
});

export const runsQuery = z.strictObject({
  status: status.optional(),
  workflow: reference("workflow", "sync-invoices").optional(),
  environment: reference("environment", "staging").optional(),
  customer: reference("customer", "acme").optional(),
  createdAfter: instantInput
    .optional()
    .openapi({ type: "string", format: "date-time", description: "At or after." }),
  createdBefore: instantInput
    .optional()
    .openapi({ type: "string", format: "date-time", description: "Before." }),
  ...pageQuery,
});

export const attemptSchema = z
  .object({
    number: z.int(),
    status: z.string(),
    error: runError.nullable(),
    cpuMs: z.number().nullable(),
    startedAt: instant,
    finishedAt: instant.nullable(),
  })
  .openapi("Attempt");

export const attemptList = z.object({ data: z.array(attemptSchema), nextCursor: z.null() });

export const logLineSchema = z
  .object({
    id: z.string().openapi({ description: "`<attempt>-<line>`", example: "1-42" }),
    attempt: z.int(),
    line: z.int(),
    at: instant,
    level: z.enum(["debug", "info", "warn", "error"]),
    message: z.string(),
    data: z.unknown(),
  })
  .openapi("LogLine");

export const logPage = pageOf(logLineSchema);

const LOG_POSITION = /^(\d{1,9})-(\d{1,9})$/;

export const logsQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1_000).default(100).openapi({
    type: "integer",
    minimum: 1,
    maximum: 1_000,
    default: 100,
    description: "Lines of one page.",
  }),
  cursor: z
    .string()
    .regex(LOG_POSITION, "must be the nextCursor of the page before, or the id of a line")
    .optional()
    .openapi({
      description: "Lines after this one; pages go from the first line to the last.",
      example: "1-42",
    }),
});

/** A place in the log of a run. */
export interface LogPosition {
  readonly attempt: number;
  readonly line: number;
}

/** `1-42` as a position; null for anything else. */
export function parseLogPosition(text: string | undefined): LogPosition | null {
  const match = LOG_POSITION.exec(text ?? "");
  return match === null ? null : { attempt: Number(match[1]), line: Number(match[2]) };
}

/** A run as a list shows it. */
export function showRunSummary(run: RunSummary): z.input<typeof runSummarySchema> {
  const { startedAt, finishedAt } = run;
  return {
    id: run.id,
    workflow: run.workflow,
    environment: { id: run.environment.id, slug: run.environment.slug },
    customer: run.customer,
    version: run.version,
    tier: run.tier as "instant" | "standard" | "long",
    status: run.status,
    trigger: run.trigger,
    attempt: run.attempt,
    maxAttempts: run.maxAttempts,
    error: run.error as z.input<typeof runError> | null,
    createdAt: run.createdAt.toISOString(),
    startedAt: startedAt?.toISOString() ?? null,
    finishedAt: finishedAt?.toISOString() ?? null,
    durationMs: startedAt === null || finishedAt === null ? null : finishedAt.getTime() - startedAt.getTime(),
    cancelRequested: run.cancelRequested,
  };
}

/** A run with its input and result. */
export function showRun(run: RunView): z.input<typeof runSchema> {
  return { ...showRunSummary(run), input: run.input, result: run.result };
}

/** An attempt as the API shows it. */
export function showAttempt(attempt: AttemptView): z.input<typeof attemptSchema> {
  return {
    ...attempt,
    error: attempt.error as z.input<typeof runError> | null,
    startedAt: attempt.startedAt.toISOString(),
    finishedAt: attempt.finishedAt?.toISOString() ?? null,
  };
}

/** A log line as the API shows it. */
export function showLogLine(line: StoredLogLine): z.input<typeof logLineSchema> {
  const { attempt, line: number, at, level, message, data } = line;
  return {
    id: `${String(attempt)}-${String(number)}`,
    attempt,
    line: number,
    at: at.toISOString(),
    level,
    message,
    data,
  };
}
