import { endpoint } from "#api/endpoint.ts";
import { LIMITS } from "#api/limits.ts";
import { REPLAYED } from "#api/middleware/idempotency.ts";
import { getRun } from "#runtime/runs/read.ts";
import { startRun } from "#runtime/runs/start.ts";
import { isFinal } from "#runtime/runs/status.ts";
import { createRunBody, createRunQuery, runSchema, showRun } from "./schema.ts";
import { waitForEnd } from "./wait.ts";

const INSTANT_WAIT_SECONDS = 60;

export const createRun = endpoint({
  method: "post",
  path: "/runs",
  operationId: "createRun",
  tag: "Runs",
  summary: "Start a run",
  description:
    "Instant workflows answer with the finished run; others at once, unless `wait` says to wait. A caller that goes away does not stop the run.",
  scope: "workflows:execute",
  action: "run.create",
  idempotent: true,
  bodyLimit: LIMITS.runBody,
  opaque: ["input"],
  query: createRunQuery,
  body: createRunBody,
  bodyExample: {
    workflow: "sync-invoices",
    environment: "staging",
    customer: "acme",
    input: { invoiceId: "in_1042" },
  },
  answers: {
    200: { description: "The run has ended; see its status.", schema: runSchema },
    202: { description: "The run is accepted and will be executed.", schema: runSchema },
  },
}).handledBy(async (call) => {
  const { parts, caller, query, body, request } = call;
  const { organizationId } = caller;
  const { runId, tier, replayed } = await startRun(parts, {
    organizationId,
    workflow: body.workflow,
    environment: body.environment,
    customer: body.customer,
    version: body.version,
    input: body.input,
    inspect: body.inspect,
    mayInspect: parts.config.inspectPort !== null,
    headers: {},
    trigger: "api",
    triggeredBy: caller.keyId,
    mayUseProduction: caller.kind === "live",
    idempotencyKey: request.idempotencyKey,
    requestHash: request.idempotencyKey === null ? null : request.hash(),
  });
  const headers = replayed ? REPLAYED : {};
  if (replayed) {
    // An earlier run may have ended long ago, when nobody listened.
    const earlier = await getRun(parts, { organizationId, runId });
    if (isFinal(earlier.status)) {
      return { status: 200, body: showRun(earlier), headers };
    }
  }
  const waitSeconds = query.wait ?? (tier === "instant" ? INSTANT_WAIT_SECONDS : 0);
  await waitForEnd(call, runId, waitSeconds * 1_000);
  const run = await getRun(parts, { organizationId, runId });
  // Who did not ask to wait gets 202, however fast the run was: the answer must not depend on luck.
  const waited = waitSeconds > 0 && isFinal(run.status);
  return { status: waited ? 200 : 202, body: showRun(run), headers };
});
