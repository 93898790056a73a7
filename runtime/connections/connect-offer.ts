import { asOrganization } from "#runtime/db/tenant.ts";
import { ForbiddenError, NotFoundError } from "#runtime/errors.ts";
import type { AuthMethod } from "#sdk/connector/auth.ts";
import type { Connector } from "#sdk/connector/schema.ts";
import type { ConnectSession } from "./connect-session.ts";
import type { ConnectionOwner } from "./owner.ts";
import type { ConnectionParts } from "./parts.ts";
import { readUsableMethods } from "./usable-methods.ts";

type OfferParts = Pick<ConnectionParts, "database" | "catalogue">;

/** A connection that the person of a session may see and make new. */
export interface OfferedConnection {
  readonly id: string;
  readonly connector: string;
  readonly method: string;
  readonly name: string;
  readonly status: string;
  readonly accountName: string | null;
  readonly fields: Readonly<Record<string, string>>;
}

/** One connector of a session, and what is connected with it. */
export interface OfferedConnector {
  readonly connector: Connector;
  /** The ways to connect it that work here; none: it cannot be connected yet. */
  readonly methods: readonly AuthMethod[];
  readonly connections: readonly OfferedConnection[];
}

/** Whose connections the session makes and shows. */
export function ownerOf({ customerId, customerUser }: ConnectSession): ConnectionOwner {
  return customerUser === null
    ? { kind: "customer", customerId }
    : { kind: "user", customerId, user: customerUser };
}

/** Everything that the page shows. A connector that does not exist any more is left out. */
export async function readOffer(
  parts: OfferParts,
  session: ConnectSession,
): Promise<readonly OfferedConnector[]> {
  const connections = await readConnections(parts, session);
  const { organizationId, connectors: slugs } = session;
  const connectors = await findConnectors(parts.catalogue, { organizationId, slugs });
  const usable = await readUsableMethods(parts, session, connectors);
  return connectors.map((connector) => ({
    connector,
    methods: usable.get(connector.slug) ?? [],
    connections: connections.filter((one) => one.connector === connector.slug),
  }));
}

/** The connectors of these names that there are. */
export async function findConnectors(
  catalogue: OfferParts["catalogue"],
  { organizationId, slugs }: { readonly organizationId: string; readonly slugs: readonly string[] },
): Promise<readonly Connector[]> {
  const found = await Promise.all(
    slugs.map(async (slug) =>
      catalogue.load(organizationId, slug).then(
        ({ connector }) => connector,
        (error: unknown) => {
          if (error instanceof NotFoundError) {
            return null;
          }
          throw error;
        },
      ),
    ),
  );
  return found.filter((connector) => connector !== null);
}

async function readConnections(
  parts: OfferParts,
  session: ConnectSession,
): Promise<readonly OfferedConnection[]> {
  const { organizationId, environmentId, customerId, customerUser, connectionId } = session;
  return asOrganization(
    parts.database,
    organizationId,
    (sql) => sql<OfferedConnection[]>`
      select id, connector, method, name, status, account_name, fields from connections
      where organization_id = ${organizationId} and environment_id = ${environmentId} and customer_id = ${customerId}
        and customer_user is not distinct from ${customerUser} and connector = any(${[...session.connectors]}::text[])
        ${connectionId === null ? sql`` : sql`and id = ${connectionId}`}
      order by id limit 200`,
  );
}

/** What somebody chose on the page. */
export interface ChosenOffer {
  readonly connector: Connector;
  /** The ways to connect it that work here. */
  readonly methods: readonly AuthMethod[];
  readonly present: OfferedConnection | null;
}

/**
 * One connector of the session, and of its connections the one that is to be made new.
 *
 * @throws ForbiddenError `TENON_CONNECT_NOT_ALLOWED` for a connector that is not on the session's list, or a new
 * connection where only one may be renewed, `TENON_CONNECT_TOO_MANY` for one more than anybody needs; NotFoundError
 * for a connection of somebody else.
 */
export async function chooseOffer(
  parts: OfferParts,
  session: ConnectSession,
  chosen: { readonly connector: string; readonly connection: string | null },
): Promise<ChosenOffer> {
  if (!session.connectors.includes(chosen.connector)) {
    throw notAllowed("This session does not allow that connector; ask whoever sent you here.");
  }
  if (session.connectionId !== null && chosen.connection !== session.connectionId) {
    throw notAllowed("This session only renews one connection; ask whoever sent you here for another.");
  }
  const { connector } = await parts.catalogue.load(session.organizationId, chosen.connector);
  const methods = (await readUsableMethods(parts, session, [connector])).get(connector.slug) ?? [];
  if (chosen.connection === null) {
    await requireRoom(parts, session, connector);
    return { connector, methods, present: null };
  }
  const connections = await readConnections(parts, session);
  const present = connections.find(
    ({ id, connector: of }) => id === chosen.connection && of === connector.slug,
  );
  if (present === undefined) {
    throw new NotFoundError("connection", chosen.connection);
  }
  return { connector, methods, present };
}

/** More connections of one connector than anybody has accounts: their owner makes them by a program. */
const MOST_CONNECTIONS = 50;

async function requireRoom(
  parts: OfferParts,
  session: ConnectSession,
  { name, slug }: Connector,
): Promise<void> {
  const { organizationId, environmentId, customerId, customerUser } = session;
  const [made] = await asOrganization(
    parts.database,
    organizationId,
    (sql) => sql<{ count: number }[]>`
      select count(*)::integer as count from connections
      where organization_id = ${organizationId} and environment_id = ${environmentId} and connector = ${slug}
        and customer_id = ${customerId} and customer_user is not distinct from ${customerUser}`,
  );
  if ((made?.count ?? 0) >= MOST_CONNECTIONS) {
    throw new ForbiddenError(
      `${name} is connected ${String(MOST_CONNECTIONS)} times here already: renew one of these, or ask whoever sent you here to remove some.`,
      "TENON_CONNECT_TOO_MANY",
    );
  }
}

function notAllowed(message: string): ForbiddenError {
  return new ForbiddenError(message, "TENON_CONNECT_NOT_ALLOWED");
}
