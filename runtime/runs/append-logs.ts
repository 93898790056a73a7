import { asOrganizationAtOnce } from "#runtime/db/tenant.ts";
import type { Database } from "#runtime/db/connect.ts";
import type { StoredLogLine } from "./read.ts";

/** Stores redacted log lines of one attempt. Written at once, for the live stream; they need not wait for the disk. */
export async function appendLogs(
  database: Database,
  request: {
    readonly organizationId: string;
    readonly runId: string;
    readonly lines: readonly StoredLogLine[];
  },
): Promise<void> {
  const { organizationId, runId, lines } = request;
  const rows = lines.map((line) => ({ ...line, at: line.at.toISOString() }));
  await asOrganizationAtOnce(database, organizationId, (sql) => [
    sql`set local synchronous_commit = off`,
    sql`
      insert into run_logs (organization_id, run_id, attempt, line, at, level, message, data)
      select ${organizationId}, ${runId}, attempt, line, at, level, message, data
      from jsonb_to_recordset(${sql.json(rows)}::jsonb)
        as entry (attempt integer, line integer, at timestamptz, level text, message text, data jsonb)`,
  ]);
}
