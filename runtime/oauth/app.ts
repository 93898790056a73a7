import { z } from "zod";
import type { Database } from "#runtime/db/connect.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import type { Keyring } from "#runtime/vault/keyring.ts";
import { openText } from "#runtime/vault/open.ts";
import type { OAuthApp } from "./credential.ts";

const text = z.string().min(1).max(20_000).optional();

/** What `oauth_apps.credential_sealed` holds, as JSON: the secrets of a client. */
export const appCredential = z.strictObject({
  clientSecret: text,
  /** PKCS #8 PEM, and the id of the key at the provider. */
  privateKey: text,
  keyId: text,
  /** PEM, for mutual TLS. */
  certificate: text,
  certificateKey: text,
});

export type AppCredential = z.output<typeof appCredential>;

interface AppRow {
  readonly id: string;
  readonly clientId: string;
  readonly credentialSealed: Buffer | null;
  readonly version: number;
}

interface AppParts {
  readonly database: Database;
  readonly keyring: Keyring;
}

/** Where the sealed secrets of an OAuth app live. */
export function appPlace(organizationId: string, id: string, version: number) {
  return { organizationId, table: "oauth_apps", row: id, column: "credential", version };
}

/** The app that is used for a connector in an environment: the environment's own before the organization's. */
export async function openOAuthApp(
  parts: AppParts,
  where: { readonly organizationId: string; readonly environmentId: string; readonly connector: string },
): Promise<OAuthApp | null> {
  const { organizationId, environmentId, connector } = where;
  const [row] = await asOrganization(
    parts.database,
    organizationId,
    (sql) => sql<AppRow[]>`
      select id, client_id, credential_sealed, version from oauth_apps
      where organization_id = ${organizationId} and connector = ${connector}
        and (environment_id = ${environmentId} or environment_id is null)
      order by environment_id nulls last limit 1`,
  );
  return row === undefined ? null : openRow(parts, organizationId, row);
}

/** The app that a credential was made with. */
export async function openOAuthAppById(
  parts: AppParts,
  where: { readonly organizationId: string; readonly id: string },
): Promise<OAuthApp | null> {
  const { organizationId, id } = where;
  const [row] = await asOrganization(
    parts.database,
    organizationId,
    (sql) => sql<AppRow[]>`
      select id, client_id, credential_sealed, version from oauth_apps
      where organization_id = ${organizationId} and id = ${id}`,
  );
  return row === undefined ? null : openRow(parts, organizationId, row);
}

async function openRow(parts: AppParts, organizationId: string, row: AppRow): Promise<OAuthApp> {
  const place = appPlace(organizationId, row.id, row.version);
  const secrets: AppCredential =
    row.credentialSealed === null
      ? {}
      : appCredential.parse(JSON.parse(await openText(parts.keyring, place, row.credentialSealed)));
  return {
    id: row.id,
    clientId: row.clientId,
    clientSecret: secrets.clientSecret ?? null,
    privateKey: secrets.privateKey ?? null,
    keyId: secrets.keyId ?? null,
    certificate: secrets.certificate ?? null,
    certificateKey: secrets.certificateKey ?? null,
  };
}
