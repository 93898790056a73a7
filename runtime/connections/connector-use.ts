import type { TenantSql } from "#runtime/db/tenant.ts";
import { workflowsUsing } from "./used-by.ts";
import type { UsingWorkflow } from "./used-by.ts";

/** A connection as far as its connector's author needs to know it. */
export interface UsingConnection {
  readonly id: string;
  readonly name: string;
  readonly method: string;
  /** Names of the fields that are set. */
  readonly fieldNames: readonly string[];
  readonly secretFields: readonly string[];
  readonly disconnected: boolean;
  readonly production: boolean;
}

/** Everything that would notice a change of a connector. */
export interface ConnectorUse {
  readonly connections: readonly UsingConnection[];
  readonly workflows: readonly UsingWorkflow[];
}

/** Who uses a connector: its connections in every environment, and the live workflows that need one. */
export async function connectorUse(
  sql: TenantSql,
  { organizationId, connector }: { readonly organizationId: string; readonly connector: string },
): Promise<ConnectorUse> {
  const [connections, workflows] = await Promise.all([
    sql<UsingConnection[]>`
      select c.id, c.name, c.method, array(select jsonb_object_keys(c.fields)) as field_names, c.secret_fields,
        c.status = 'disconnected' as disconnected, e.production
      from connections c
      join environments e on e.organization_id = c.organization_id and e.id = c.environment_id
      where c.organization_id = ${organizationId} and c.connector = ${connector}
      order by c.id`,
    workflowsUsing(sql, { organizationId, connector }),
  ]);
  return { connections, workflows };
}
