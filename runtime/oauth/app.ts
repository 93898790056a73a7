import type { Database } from "#runtime/db/connect.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import type { Keyring } from "#runtime/vault/keyring.ts";
import { openText } from "#runtime/vault/open.ts";
import { appCredential } from "./app-credential.ts";
import type { AppCredential } from "./app-credential.ts";
import type { ConnectorCatalogue } from "./catalogue.ts";
import type { OAuthApp } from "./credential.ts";
import { appOf } from "./managed-apps.ts";

/** An app of the organization's own, sealed. */
export interface SealedApp {
  readonly id: string;
  readonly clientId: string;
  readonly credentialSealed: Buffer | null;
  readonly version: number;
  readonly scopes: readonly string[] | null;
}

interface AppParts {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly catalogue: Pick<ConnectorCatalogue, "managedApp">;
}

/** Where the sealed secrets of an OAuth app live. */
export function appPlace(organizationId: string, id: string, version: number) {
  return { organizationId, table: "oauth_apps", row: id, column: "credential", version };
}

/** The app for a connector in an environment: the environment's own, the organization's, or the operator's. */
export async function openOAuthApp(
  parts: AppParts,
  where: { readonly organizationId: string; readonly environmentId: string; readonly connector: string },
): Promise<OAuthApp | null> {
  const { organizationId, environmentId, connector } = where;
  const [row] = await asOrganization(
    parts.database,
    organizationId,
    (sql) => sql<SealedApp[]>`
      select id, client_id, credential_sealed, version, scopes from oauth_apps
      where organization_id = ${organizationId} and connector = ${connector}
        and (environment_id = ${environmentId} or environment_id is null)
      order by environment_id nulls last limit 1`,
  );
  return row === undefined ? parts.catalogue.managedApp(connector) : openApp(parts, organizationId, row);
}

/** The app that something was made with; without an id it is the operator's. */
export async function openUsedApp(
  parts: AppParts,
  where: { readonly organizationId: string; readonly connector: string; readonly id: string | null },
): Promise<OAuthApp | null> {
  const { organizationId, connector, id } = where;
  return id === null
    ? parts.catalogue.managedApp(connector)
    : openOAuthAppById(parts, { organizationId, id });
}

/** One of the organization's own apps. */
export async function openOAuthAppById(
  parts: Omit<AppParts, "catalogue">,
  where: { readonly organizationId: string; readonly id: string },
): Promise<OAuthApp | null> {
  const { organizationId, id } = where;
  const [row] = await asOrganization(
    parts.database,
    organizationId,
    (sql) => sql<SealedApp[]>`
      select id, client_id, credential_sealed, version, scopes from oauth_apps
      where organization_id = ${organizationId} and id = ${id}`,
  );
  return row === undefined ? null : openApp(parts, organizationId, row);
}

/** Opens the secrets of an app. */
export async function openApp(
  parts: Omit<AppParts, "catalogue">,
  organizationId: string,
  row: SealedApp,
): Promise<OAuthApp> {
  const place = appPlace(organizationId, row.id, row.version);
  const secrets: AppCredential =
    row.credentialSealed === null
      ? {}
      : appCredential.parse(JSON.parse(await openText(parts.keyring, place, row.credentialSealed)));
  return { ...appOf(row.id, row.clientId, secrets), scopes: row.scopes };
}
