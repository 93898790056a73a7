import type { Database } from "#runtime/db/connect.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { ConflictError, NotFoundError } from "#runtime/errors.ts";
import type { Keyring } from "#runtime/vault/keyring.ts";
import { openText } from "#runtime/vault/open.ts";
import { seal } from "#runtime/vault/seal.ts";
import { makeWebhookSecret, readSecrets, ROTATION_GRACE_MS, secretPlace } from "./secret.ts";
import type { EndpointSecrets } from "./secret.ts";

/**
 * Makes a new secret for an endpoint; the one before goes on signing for a day. Resolves to the new one.
 *
 * @throws NotFoundError; ConflictError when somebody else rotates it right now.
 */
export async function rotateWebhookSecret(
  parts: { readonly database: Database; readonly keyring: Keyring },
  { organizationId, endpointId }: { readonly organizationId: string; readonly endpointId: string },
  inSameTransaction: (sql: TenantSql) => Promise<void>,
): Promise<string> {
  const [row] = await asOrganization(
    parts.database,
    organizationId,
    (sql) => sql<{ secretSealed: Buffer; version: number }[]>`
      select secret_sealed, version from webhook_endpoints
      where organization_id = ${organizationId} and id = ${endpointId}`,
  );
  if (row === undefined) {
    throw new NotFoundError("webhook endpoint", endpointId);
  }
  const place = (version: number) => secretPlace(organizationId, endpointId, version);
  const before = readSecrets(await openText(parts.keyring, place(row.version), row.secretSealed));
  const secret = makeWebhookSecret();
  const secrets: EndpointSecrets = {
    current: secret,
    previous: { secret: before.current, until: Date.now() + ROTATION_GRACE_MS },
  };
  const sealed = await seal(parts.keyring, place(row.version + 1), JSON.stringify(secrets));
  await asOrganization(parts.database, organizationId, async (sql) => {
    const written = await sql`
      update webhook_endpoints set secret_sealed = ${sealed}, version = ${row.version + 1}, updated_at = now()
      where organization_id = ${organizationId} and id = ${endpointId} and version = ${row.version}
      returning 1`;
    if (written.length === 0) {
      throw new ConflictError("Another request has just rotated this secret; its answer has the new one.");
    }
    await inSameTransaction(sql);
  });
  return secret;
}
