import type { TenantSql } from "#runtime/db/tenant.ts";
import { NotFoundError } from "#runtime/errors.ts";
import type { Caller } from "./caller.ts";
import { isId } from "./fields.ts";
import { requireReach } from "./middleware/permission.ts";

/** An environment that a request names. */
export interface EnvironmentReference {
  readonly id: string;
  readonly slug: string;
  readonly production: boolean;
}

/** A customer or workflow that a request names. */
export interface SlugReference {
  readonly id: string;
  readonly slug: string;
}

/** Finds an environment by id or slug; refuses a test key where it is production. */
export async function findEnvironment(
  sql: TenantSql,
  caller: Caller,
  named: string,
): Promise<EnvironmentReference> {
  const [found] = await sql<EnvironmentReference[]>`
    select id, slug, production from environments
    where organization_id = ${caller.organizationId} and ${isId(named) ? sql`id = ${named}` : sql`slug = ${named}`}`;
  if (found === undefined) {
    throw new NotFoundError("environment", named);
  }
  requireReach(caller, {
    production: found.production,
    what: `the environment "${found.slug}" is production`,
  });
  return found;
}

/** Finds a customer by id or slug. */
export async function findCustomer(sql: TenantSql, caller: Caller, named: string): Promise<SlugReference> {
  const [found] = await sql<SlugReference[]>`
    select id, slug from customers
    where organization_id = ${caller.organizationId} and ${isId(named) ? sql`id = ${named}` : sql`slug = ${named}`}`;
  if (found === undefined) {
    throw new NotFoundError("customer", named);
  }
  return found;
}

/** Finds a workflow by id or slug. */
export async function findWorkflow(sql: TenantSql, caller: Caller, named: string): Promise<SlugReference> {
  const [found] = await sql<SlugReference[]>`
    select id, slug from workflows
    where organization_id = ${caller.organizationId} and ${isId(named) ? sql`id = ${named}` : sql`slug = ${named}`}`;
  if (found === undefined) {
    throw new NotFoundError("workflow", named);
  }
  return found;
}

/** Finds a version of a workflow by its number or its id. */
export async function findVersion(
  sql: TenantSql,
  caller: Caller,
  workflow: SlugReference,
  named: string | number,
): Promise<{ readonly id: string; readonly number: number }> {
  const text = String(named);
  const number = /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
  const [found] =
    number === null && !isId(text)
      ? []
      : await sql<{ id: string; number: number }[]>`
          select id, number from versions
          where organization_id = ${caller.organizationId} and workflow_id = ${workflow.id}
            and ${number === null ? sql`id = ${text}` : sql`number = ${number}`}`;
  if (found === undefined) {
    throw new NotFoundError(`version of the workflow "${workflow.slug}"`, text);
  }
  return found;
}
