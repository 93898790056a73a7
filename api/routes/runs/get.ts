import { endpoint } from "#api/endpoint.ts";
import type { Call } from "#api/endpoint.ts";
import { requireReach } from "#api/middleware/permission.ts";
import { getRun } from "#runtime/runs/read.ts";
import type { RunView } from "#runtime/runs/read.ts";
import { runParams, runSchema, showRun } from "./schema.ts";

export const getOneRun = endpoint({
  method: "get",
  path: "/runs/{run}",
  operationId: "getRun",
  tag: "Runs",
  summary: "Read a run",
  scope: "runs:read",
  action: "run.read",
  params: runParams,
  answers: { 200: { description: "The run with its input and result.", schema: runSchema } },
}).handledBy(async (call) => ({ status: 200, body: showRun(await readRun(call, call.params.run)) }));

/** Reads a run that this key may see: a test key sees none of production. */
export async function readRun({ parts, caller }: Call, runId: string): Promise<RunView> {
  const run = await getRun(parts, { organizationId: caller.organizationId, runId });
  requireReach(caller, {
    production: run.environment.production,
    what: `this run is of the environment "${run.environment.slug}"`,
  });
  return run;
}
