import type { Database } from "#runtime/db/connect.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import type { ConnectionNeed } from "#runtime/workflows/manifest.ts";

/** For whom connections are looked up: a run's place. */
export interface ResolvePlace {
  readonly organizationId: string;
  readonly environment: { readonly id: string; readonly slug: string };
  readonly customer: { readonly id: string; readonly slug: string } | null;
}

/** What became of one need: a connection, none that is needed, or why the run cannot begin. */
export type Resolved =
  | { readonly status: "found"; readonly alias: string; readonly connection: FoundConnection }
  | { readonly status: "absent"; readonly alias: string }
  | { readonly status: "refused"; readonly code: string; readonly message: string };

export interface FoundConnection {
  readonly id: string;
  readonly name: string;
  readonly connector: string;
  readonly customerId: string | null;
}

interface Candidate extends FoundConnection {
  readonly status: string;
}

/** More connections of one connector than this are not told apart by name any more. */
const SHOWN = 5;

/**
 * Finds the connection of each need: that of the run's customer or of the organization, in the run's environment.
 * Another customer's is never looked at, nor that of one user of a customer.
 */
export async function resolveConnections(
  database: Database,
  place: ResolvePlace,
  needs: Readonly<Record<string, ConnectionNeed>>,
): Promise<readonly Resolved[]> {
  const connectors = [...new Set(Object.values(needs).map(({ connector }) => connector))];
  if (connectors.length === 0) {
    return [];
  }
  const { organizationId, environment, customer } = place;
  const candidates = await asOrganization(
    database,
    organizationId,
    async (sql) => sql<Candidate[]>`
      select id, name, connector, customer_id, status from connections
      where organization_id = ${organizationId} and environment_id = ${environment.id}
        and connector = any(${connectors}) and owner <> 'user'
        and (customer_id is null or customer_id = ${customer?.id ?? null})
      order by id`,
  );
  return Object.entries(needs).map(([alias, need]) => resolveOne(alias, need, place, candidates));
}

function resolveOne(
  alias: string,
  need: ConnectionNeed,
  place: ResolvePlace,
  candidates: readonly Candidate[],
): Resolved {
  const all = candidates.filter(({ connector }) => connector === need.connector);
  const own = all.filter(({ customerId }) => customerId !== null);
  const shared = all.filter(({ customerId }) => customerId === null);
  // A customer's own comes first and is never passed over, however it fares: that would be somebody else's account.
  const asked =
    need.owner === "customer" ? own : need.owner === "organization" || own.length === 0 ? shared : own;
  const usable = asked.filter(({ status }) => status !== "disconnected");
  const [connection, second] = usable;
  if (connection !== undefined && second === undefined) {
    return { status: "found", alias, connection };
  }
  if (second !== undefined) {
    return {
      status: "refused",
      code: "TENON_CONNECTION_AMBIGUOUS",
      message: ambiguous(alias, place, usable),
    };
  }
  const [disconnected] = asked;
  if (disconnected !== undefined) {
    return {
      status: "refused",
      code: "TENON_CONNECTION_UNHEALTHY",
      message: unhealthy(
        alias,
        disconnected,
        place,
        `The connection "${disconnected.name.slice(0, 100)}" (${disconnected.connector}) is disconnected.`,
      ),
    };
  }
  return need.optional
    ? { status: "absent", alias }
    : { status: "refused", code: "TENON_CONNECTION_MISSING", message: missing(alias, need, place) };
}

/** Whom a message speaks of, and whom it asks. */
function ownerOf(candidate: { readonly customerId: string | null }, place: ResolvePlace): string {
  return candidate.customerId === null ? "the organization" : `the customer "${place.customer?.slug ?? ""}"`;
}

function missing(alias: string, need: ConnectionNeed, { environment, customer }: ResolvePlace): string {
  const what = `a connection of "${need.connector}" in the environment "${environment.slug}", which the workflow needs as "${alias}"`;
  if (need.owner === "customer" && customer === null) {
    return `The workflow needs a customer's connection of "${need.connector}" as "${alias}", but the run is for no customer: start it for one.`;
  }
  return need.owner === "organization" || customer === null
    ? `The organization has not made ${what}. Ask an administrator to connect it (POST /api/v1/connections, or tenon connections connect ${need.connector} --env ${environment.slug}), then run again.`
    : `The customer "${customer.slug}" does not have ${what}. Ask the customer to connect it (POST /api/v1/connect-sessions makes the page for that, or tenon connect-sessions create --customer ${customer.slug} --connector ${need.connector} --env ${environment.slug}), then run again.`;
}

function ambiguous(alias: string, place: ResolvePlace, usable: readonly Candidate[]): string {
  const [first] = usable;
  const names = usable
    .slice(0, SHOWN)
    .map(({ name, id }) => `"${name.slice(0, 100)}" (${id})`)
    .join(", ");
  const more = usable.length > SHOWN ? ", …" : "";
  return `The workflow's connection "${alias}" could be any of ${String(usable.length)} of "${first?.connector ?? ""}" that ${ownerOf(first ?? { customerId: null }, place)} has in the environment "${place.environment.slug}": ${names}${more}. Disconnect or delete all but one (tenon connections disconnect), then run again.`;
}

/** Why a connection that exists cannot be used now, for whom it matters, and who can mend it. */
export function unhealthy(
  alias: string,
  connection: FoundConnection,
  place: ResolvePlace,
  why: string,
): string {
  return `${why} The workflow needs it as "${alias}"; ask ${ownerOf(connection, place)} to connect it again (POST /api/v1/connections/${connection.id}/reconnect, or tenon connections reconnect ${connection.id}), then run again.`;
}
