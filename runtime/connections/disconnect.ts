import { afterDeadlocks } from "#runtime/db/after-deadlocks.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { ConflictError } from "#runtime/errors.ts";
import { prepareCredential, writeCredential } from "#runtime/oauth/store-credential.ts";
import type { PreparedCredential } from "#runtime/oauth/store-credential.ts";
import type { Actor } from "./audit.ts";
import { auditConnection } from "./audit.ts";
import { loadMethod } from "./method.ts";
import { openPresent, versionOf } from "./open-present.ts";
import type { ConnectionParts } from "./parts.ts";
import { withoutTokens } from "./paste.ts";
import { revokeUpstream } from "./revoke.ts";
import type { Revocation } from "./revoke.ts";
import { scheduleRevocations } from "./schedule-revocations.ts";

/** Renewals may take a version between our revoking it and our forgetting it; that many in a row never. */
const TRIES = 5;

/**
 * Gives a connection's credential up: ends it at the provider, then forgets it. The connection stays, to be
 * reconnected. An empty credential of the next version takes its place, so that no renewal that is still under way
 * can put tokens back.
 */
export async function disconnectConnection(
  parts: ConnectionParts,
  request: { readonly organizationId: string; readonly connectionId: string; readonly actor: Actor },
): Promise<Revocation> {
  const { organizationId, connectionId } = request;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const present = await openPresent(parts, request);
    if (present.status === "disconnected") {
      return { revoked: false, reason: "It was disconnected before." };
    }
    const revocation = await revokeUpstream(parts, organizationId, present);
    const { method } = await loadMethod(parts.catalogue, { organizationId, ...present });
    const prepared = await prepareCredential(parts.keyring, {
      organizationId,
      connectionId,
      connector: present.connector,
      method,
      // Nothing of the app is left in it: the app may be deleted.
      oauthAppId: null,
      from: present.version,
      credential: withoutTokens(),
    });
    const written = await afterDeadlocks(async () =>
      asOrganization(parts.database, organizationId, (sql) =>
        forget(sql, { ...request, connector: present.connector, revocation, prepared }),
      ),
    );
    if (written) {
      return revocation;
    }
  }
  throw new ConflictError("The connection is being changed all the time; try again shortly.", {
    code: "TENON_CONNECTION_BUSY",
  });
}

interface Forgetting {
  readonly organizationId: string;
  readonly connectionId: string;
  readonly connector: string;
  readonly actor: Actor;
  readonly revocation: Revocation;
  readonly prepared: PreparedCredential;
}

async function forget(sql: TenantSql, request: Forgetting): Promise<boolean> {
  const { organizationId, connectionId, revocation, prepared } = request;
  await sql`
    select 1 from connections where organization_id = ${organizationId} and id = ${connectionId} for update`;
  if ((await versionOf(sql, request)) !== prepared.from) {
    return false;
  }
  await scheduleRevocations(sql, {
    organizationId,
    answersOf: [connectionId],
    credentialsOf: revocation.again === true ? [connectionId] : [],
    cause: "connection.disconnect",
  });
  if (!(await writeCredential(sql, prepared))) {
    throw new Error("a locked credential has another version than it had");
  }
  await sql`
    update connections set status = 'disconnected', problem = null, secret_fields = '{}', scopes = '{}',
      verification = null, updated_at = now()
    where organization_id = ${organizationId} and id = ${connectionId}`;
  await auditConnection(sql, {
    organizationId,
    connectionId,
    actor: request.actor,
    action: "connection.disconnect",
    details: { connector: request.connector, revoked: revocation.revoked },
  });
  return true;
}
