import type { Database } from "#runtime/db/connect.ts";
import type { Statement } from "#runtime/db/sql.ts";
import { asOrganizationAtOnce } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { ConflictError, ForbiddenError, NotFoundError } from "#runtime/errors.ts";
import type { Manifest } from "#runtime/workflows/manifest.ts";
import { isUuid } from "./reference.ts";

/** What a request for a run says about where it runs: ids or slugs. */
export interface TargetRequest {
  readonly organizationId: string;
  readonly workflow: string;
  readonly environment: string;
  readonly customer: string | null;
  readonly version: number | null;
  readonly inspect: boolean;
  readonly mayInspect: boolean;
  readonly mayUseProduction: boolean;
}

/** Where a run runs, found and permitted. */
export interface Target {
  readonly workflowId: string;
  readonly environmentId: string;
  readonly customerId: string | null;
  readonly versionId: string;
  readonly manifest: Manifest;
  readonly production: boolean;
}

interface FoundTarget {
  readonly workflowId: string;
  readonly workflowStatus: string;
  readonly environmentId: string | null;
  readonly production: boolean | null;
  readonly customerId: string | null;
  readonly customerStatus: string | null;
  readonly versionId: string | null;
  readonly manifest: Manifest | null;
}

/** Targets of one API process, and how large a manifest among them may be, in characters of its input schema. */
const MAX_REMEMBERED = 500;
const MAX_SCHEMA_CHARS = 50_000;

/**
 * A cache, and no more than a hint: targets as they were when a run was accepted last, the oldest first. Whoever
 * takes one has the database check it (`isStill`), so nothing has to be told when one changes.
 */
const remembered = new Map<string, Target>();

/** The target of such a request as it was the last time; null: not known, or to be looked at anew. */
export function recallTarget(request: TargetRequest): Target | null {
  const target = request.inspect ? undefined : remembered.get(keyOf(request));
  return target === undefined || (target.production && !request.mayUseProduction) ? null : target;
}

/** Keeps a target for the next such request. */
export function rememberTarget(request: TargetRequest, target: Target): void {
  if (request.inspect || JSON.stringify(target.manifest.input ?? null).length > MAX_SCHEMA_CHARS) {
    return;
  }
  const key = keyOf(request);
  remembered.delete(key);
  remembered.set(key, target);
  const [oldest] = remembered.keys();
  if (remembered.size > MAX_REMEMBERED && oldest !== undefined) {
    remembered.delete(oldest);
  }
}

function keyOf({ organizationId, workflow, environment, customer, version }: TargetRequest): string {
  return JSON.stringify([organizationId, workflow, environment, customer, version]);
}

/**
 * Looks the target up and checks it.
 *
 * @throws NotFoundError, ConflictError (inactive, suspended or not deployed), ForbiddenError (test key for production).
 */
export async function lookUpTarget(database: Database, request: TargetRequest): Promise<Target> {
  const [found] = await asOrganizationAtOnce(database, request.organizationId, (sql) => [
    findTarget(sql, request),
  ]);
  return checkTarget(found[0], request);
}

function findTarget(sql: TenantSql, request: TargetRequest): Statement<FoundTarget[]> {
  return sql<FoundTarget[]>`
    select w.id as workflow_id, w.status as workflow_status, e.id as environment_id, e.production, c.id as customer_id,
      c.status as customer_status, v.id as version_id, v.manifest
    from ${targetOf(sql, request)}`;
}

/** The rows that a request names, as the tables `w`, `e`, `c` and `v`; a condition may follow. */
export function targetOf(sql: TenantSql, request: TargetRequest) {
  const { organizationId, customer } = request;
  return sql`workflows w
    left join environments e on e.organization_id = w.organization_id and ${reference(sql, "e", request.environment)}
    left join customers c on c.organization_id = w.organization_id and ${customer === null ? sql`false` : reference(sql, "c", customer)}
    left join deployments d on d.organization_id = w.organization_id and d.workflow_id = w.id and d.environment_id = e.id and d.live
    left join versions v on v.organization_id = w.organization_id and v.workflow_id = w.id
      and ${request.version === null ? sql`v.id = d.version_id` : sql`v.number = ${request.version}`}
    where w.organization_id = ${organizationId} and ${reference(sql, "w", request.workflow)}`;
}

/** Whether the rows of `targetOf` still are that target, and still permit what was checked when it was looked up. */
export function isStill(sql: TenantSql, target: Target) {
  const { workflowId, environmentId, customerId, versionId, production } = target;
  return sql`w.id = ${workflowId} and w.status = 'active' and e.id = ${environmentId} and e.production = ${production}
    and v.id = ${versionId} and c.id is not distinct from ${customerId}::uuid and c.status is distinct from 'suspended'`;
}

function reference(sql: TenantSql, table: "w" | "e" | "c", value: string) {
  return isUuid(value) ? sql`${sql(table)}.id = ${value}` : sql`${sql(table)}.slug = ${value}`;
}

/** Guards in the order of trust: does it exist, may this key, can it run. */
function checkTarget(target: FoundTarget | undefined, request: TargetRequest): Target {
  if (target === undefined) {
    throw new NotFoundError("workflow", request.workflow);
  }
  const { workflowId, environmentId, versionId, manifest, customerId } = target;
  const production = target.production === true;
  if (environmentId === null) {
    throw new NotFoundError("environment", request.environment);
  }
  if (production && !request.mayUseProduction) {
    throw new ForbiddenError(
      `A test key cannot start runs in the production environment "${request.environment}"; use a live key.`,
      "TENON_TEST_KEY",
    );
  }
  if (request.inspect && (!request.mayInspect || production)) {
    throw new ForbiddenError(
      "Runs cannot be debugged here. On your own machine, start Tenon with TENON_INSPECT=9229, and use an environment that is not a production one.",
      "TENON_INSPECT_OFF",
    );
  }
  if (request.customer !== null && customerId === null) {
    throw new NotFoundError("customer", request.customer);
  }
  if (target.customerStatus === "suspended") {
    throw new ConflictError(
      `The customer "${request.customer ?? ""}" is suspended: no run is started for it.`,
      {
        code: "TENON_CUSTOMER_SUSPENDED",
      },
    );
  }
  if (target.workflowStatus !== "active") {
    throw new ConflictError(`The workflow "${request.workflow}" is inactive; activate it to accept runs.`, {
      code: "TENON_WORKFLOW_INACTIVE",
    });
  }
  if (versionId === null || manifest === null) {
    if (request.version !== null) {
      throw new NotFoundError("version", String(request.version));
    }
    throw new ConflictError(
      `The workflow "${request.workflow}" is not deployed in "${request.environment}"; deploy a version there first.`,
      { code: "TENON_NOT_DEPLOYED" },
    );
  }
  return { workflowId, environmentId, versionId, manifest, customerId, production };
}
