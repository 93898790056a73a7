import type { Database } from "#runtime/db/connect.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import type { ConnectorCatalogue } from "#runtime/oauth/catalogue.ts";
import type { AuthMethod } from "#sdk/connector/auth.ts";
import type { Connector } from "#sdk/connector/schema.ts";
import { needsConsent } from "./method.ts";

interface UsableParts {
  readonly database: Database;
  readonly catalogue: Pick<ConnectorCatalogue, "managedApp">;
}

/** By the slug of a connector: its auth methods that work in an environment, in the connector's own order. */
export type UsableMethods = ReadonlyMap<string, readonly AuthMethod[]>;

/** Leaves out the OAuth methods for which neither the organization nor the operator has an OAuth app. */
export async function readUsableMethods(
  parts: UsableParts,
  where: { readonly organizationId: string; readonly environmentId: string },
  connectors: readonly Connector[],
): Promise<UsableMethods> {
  const { organizationId, environmentId } = where;
  const slugs = connectors.map(({ slug }) => slug);
  const rows = await asOrganization(
    parts.database,
    organizationId,
    (sql) => sql<{ connector: string }[]>`
      select distinct connector from oauth_apps
      where organization_id = ${organizationId} and connector = any(${slugs}::text[])
        and (environment_id = ${environmentId} or environment_id is null)`,
  );
  const own = new Set(rows.map(({ connector }) => connector));
  const works = (slug: string, method: AuthMethod): boolean =>
    method.type !== "oauth2" ||
    own.has(slug) ||
    // The operator's app is only for accounts whose owners consent.
    (needsConsent(method) && parts.catalogue.managedApp(slug) !== null);
  return new Map(connectors.map(({ slug, auth }) => [slug, auth.filter((method) => works(slug, method))]));
}
