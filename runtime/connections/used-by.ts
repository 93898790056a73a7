import type { TenantSql } from "#runtime/db/tenant.ts";

/** A workflow that is live somewhere and needs a connection. */
export interface UsingWorkflow {
  readonly workflow: { readonly id: string; readonly slug: string };
  readonly environment: { readonly id: string; readonly slug: string; readonly production: boolean };
  readonly version: number;
  /** What its code calls the connection. */
  readonly alias: string;
  /** Whether it runs without the connection too. */
  readonly optional: boolean;
}

/**
 * The live workflows that need a connection of a connector: in one environment and for one kind of owner, when these
 * are given. A need that names no owner is met by the customer's connection or the organization's.
 */
export async function workflowsUsing(
  sql: TenantSql,
  asked: {
    readonly organizationId: string;
    readonly connector: string;
    readonly environmentId?: string;
    readonly owner?: "organization" | "customer" | "user";
  },
): Promise<readonly UsingWorkflow[]> {
  const { organizationId, connector, environmentId, owner } = asked;
  if (owner === "user") {
    return [];
  }
  return sql<UsingWorkflow[]>`
    select jsonb_build_object('id', w.id, 'slug', w.slug) as workflow,
      jsonb_build_object('id', e.id, 'slug', e.slug, 'production', e.production) as environment,
      v.number as version, n.key as alias, coalesce((n.value ->> 'optional')::boolean, false) as optional
    from deployments d
    join workflows w on w.organization_id = d.organization_id and w.id = d.workflow_id
    join environments e on e.organization_id = d.organization_id and e.id = d.environment_id
    join versions v on v.organization_id = d.organization_id and v.id = d.version_id
    cross join jsonb_each(coalesce(v.manifest #> '{needs,connections}', '{}')) n
    where d.organization_id = ${organizationId} and d.live and n.value ->> 'connector' = ${connector}
      ${environmentId === undefined ? sql`` : sql`and d.environment_id = ${environmentId}`}
      ${owner === undefined ? sql`` : sql`and coalesce(n.value ->> 'owner', ${owner}) = ${owner}`}
    order by w.slug, e.slug, n.key
    limit 1000`;
}
