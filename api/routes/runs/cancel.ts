import { endpoint } from "#api/endpoint.ts";
import { auditAfter } from "#api/middleware/audit.ts";
import { cancelRun } from "#runtime/runs/cancel.ts";
import { getRun } from "#runtime/runs/read.ts";
import { readRun } from "./get.ts";
import { runParams, runSchema, showRun } from "./schema.ts";

export const cancelOneRun = endpoint({
  method: "post",
  path: "/runs/{run}/cancel",
  operationId: "cancelRun",
  tag: "Runs",
  summary: "Cancel a run",
  description:
    "A queued run is cancelled at once; a running one is told to stop and ends within seconds. Needs no body. A run that has ended otherwise answers 409.",
  scope: "runs:cancel",
  action: "run.cancel",
  params: runParams,
  answers: { 200: { description: "The run as it is now.", schema: runSchema } },
}).handledBy(async (call) => {
  const { parts, caller, params } = call;
  const { id: runId } = await readRun(call, params.run);
  const { organizationId } = caller;
  const { status } = await cancelRun(parts, { organizationId, runId });
  await auditAfter(call, { resourceId: runId, details: { status } });
  return { status: 200, body: showRun(await getRun(parts, { organizationId, runId })) };
});
