import { endpoint } from "#api/endpoint.ts";
import { toPage } from "#api/page.ts";
import { readLogs } from "#runtime/runs/read.ts";
import { readRun } from "./get.ts";
import { logPage, logsQuery, parseLogPosition, runParams, showLogLine } from "./schema.ts";

export const listRunLogs = endpoint({
  method: "get",
  path: "/runs/{run}/logs",
  operationId: "listRunLogs",
  tag: "Runs",
  summary: "Read the log of a run",
  description: "First line first.",
  scope: "runs:read",
  action: "run.read",
  params: runParams,
  query: logsQuery,
  answers: { 200: { description: "A page of log lines.", schema: logPage } },
}).handledBy(async (call) => {
  const { parts, caller, query } = call;
  const { id: runId } = await readRun(call, call.params.run);
  const after = parseLogPosition(query.cursor);
  const lines = await readLogs(parts.database, {
    organizationId: caller.organizationId,
    runId,
    after,
    limit: query.limit + 1,
  });
  return { status: 200, body: toPage(lines.map(showLogLine), query.limit, (line) => line) };
});
