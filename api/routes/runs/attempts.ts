import { endpoint } from "#api/endpoint.ts";
import { readAttempts } from "#runtime/runs/read.ts";
import { readRun } from "./get.ts";
import { attemptList, runParams, showAttempt } from "./schema.ts";

export const listRunAttempts = endpoint({
  method: "get",
  path: "/runs/{run}/attempts",
  operationId: "listRunAttempts",
  tag: "Runs",
  summary: "List the attempts of a run",
  description: "First attempt first, all on one page.",
  scope: "runs:read",
  action: "run.read",
  params: runParams,
  answers: { 200: { description: "The attempts.", schema: attemptList } },
}).handledBy(async (call) => {
  const { id: runId } = await readRun(call, call.params.run);
  const { organizationId } = call.caller;
  const attempts = await readAttempts(call.parts.database, { organizationId, runId });
  return { status: 200, body: { data: attempts.map(showAttempt), nextCursor: null } };
});
