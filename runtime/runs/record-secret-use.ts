import { asOrganization } from "#runtime/db/tenant.ts";
import type { Database } from "#runtime/db/connect.ts";
import { newId } from "#runtime/ids.ts";

/** Audits that a run received a secret in plain text (`reveal`) or had something signed with it (`hmac`). */
export async function recordSecretUse(
  database: Database,
  run: {
    readonly id: string;
    readonly organizationId: string;
    readonly environment: { readonly id: string };
  },
  use: { readonly name: string; readonly kind: "reveal" | "hmac" },
): Promise<void> {
  await asOrganization(database, run.organizationId, async (sql) => {
    await sql`
      insert into audit_events (id, organization_id, actor_type, actor_id, action, resource_type, resource_id, outcome, details)
      values (${newId()}, ${run.organizationId}, 'run', ${run.id}, ${`secret.${use.kind}`}, 'secret', ${use.name}, 'success',
        ${sql.json({ environmentId: run.environment.id })})`;
  });
}
