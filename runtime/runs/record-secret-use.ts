import type { Database } from "#runtime/db/connect.ts";
import { asOrganizationAtOnce } from "#runtime/db/tenant.ts";
import { newId } from "#runtime/ids.ts";

/** Whose run used a secret. */
export interface SecretUser {
  readonly id: string;
  readonly organizationId: string;
  readonly environment: { readonly id: string };
}

/** What a run did with a secret: received it in plain text (`reveal`) or had something signed with it (`hmac`). */
export interface SecretUse {
  readonly name: string;
  readonly kind: "reveal" | "hmac";
}

/** Audits one use; resolves when it is written. */
export type RecordSecretUse = (run: SecretUser, use: SecretUse) => Promise<void>;

interface Entry {
  readonly run: SecretUser;
  readonly use: SecretUse;
  readonly written: PromiseWithResolvers<void>;
}

/** Entries of one statement at most. */
const MAX_AT_ONCE = 500;

/**
 * Audits the uses of secrets, one entry for each, before the use has its effect. An organization writes one statement
 * at a time, with all that has come in meanwhile: whoever signs without pause takes one connection, not all of them.
 */
export function createSecretUseLog(database: Database): RecordSecretUse {
  const queues = new Map<string, Entry[]>();

  async function writeAll(organizationId: string, queue: Entry[]): Promise<void> {
    while (queue.length > 0) {
      const entries = queue.splice(0, MAX_AT_ONCE);
      try {
        await write(database, organizationId, entries);
        for (const { written } of entries) {
          written.resolve();
        }
      } catch (error) {
        for (const { written } of entries) {
          written.reject(error);
        }
      }
    }
    queues.delete(organizationId);
  }

  return async (run, use) => {
    const entry = { run, use, written: Promise.withResolvers<void>() };
    const queue = queues.get(run.organizationId);
    if (queue === undefined) {
      const begun = [entry];
      queues.set(run.organizationId, begun);
      void writeAll(run.organizationId, begun);
    } else {
      queue.push(entry);
    }
    return entry.written.promise;
  };
}

async function write(database: Database, organizationId: string, entries: readonly Entry[]): Promise<void> {
  const rows = entries.map(({ run, use }) => ({
    id: newId(),
    run: run.id,
    action: `secret.${use.kind}`,
    name: use.name,
    details: { environmentId: run.environment.id },
  }));
  await asOrganizationAtOnce(database, organizationId, (sql) => [
    sql`
      insert into audit_events
        (id, organization_id, actor_type, actor_id, action, resource_type, resource_id, outcome, details)
      select id, ${organizationId}, 'run', run, action, 'secret', name, 'success', details
      from jsonb_to_recordset(${sql.json(rows)}::jsonb)
        as entry (id uuid, run uuid, action text, name text, details jsonb)`,
  ]);
}
