import { asOrganization } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { ConflictError } from "#runtime/errors.ts";
import { openUsedApp } from "#runtime/oauth/app.ts";
import { authorizationOf } from "#runtime/oauth/authorization.ts";
import { expiresAt } from "#runtime/oauth/credential.ts";
import type { Credential } from "#runtime/oauth/credential.ts";
import { verifyConnection } from "#runtime/oauth/verify.ts";
import type { VerificationResult } from "#runtime/oauth/verify.ts";
import { emitConnectionEvent } from "#runtime/webhooks/connection-event.ts";
import type { Actor } from "./audit.ts";
import { auditConnection } from "./audit.ts";
import { loadMethod } from "./method.ts";
import type { ConnectorMethod } from "./method.ts";
import { openPresent } from "./open-present.ts";
import type { PresentConnection } from "./open-present.ts";
import type { ConnectionParts } from "./parts.ts";
import { stampVerification, wasRefused } from "./verification.ts";
import type { StoredVerification } from "./verification.ts";

interface Test {
  readonly organizationId: string;
  readonly connectionId: string;
  readonly actor: Actor;
  readonly signal: AbortSignal;
}

/** The problem of a connection whose credential the provider refused when it was tested. */
const REFUSED = "TENON_VERIFICATION_FAILED";

/**
 * Makes the connector's verification request, after a renewal where the access token has ended, and notes how it went.
 *
 * @throws NotFoundError; ConflictError when it is disconnected, or there is no way to test it.
 */
export async function testConnection(parts: ConnectionParts, test: Test): Promise<StoredVerification> {
  const { organizationId } = test;
  const present = await openPresent(parts, test);
  const used = await loadMethod(parts.catalogue, { organizationId, ...present });
  requireTestable(present, used);
  const result = stampVerification(await verifyRenewed(parts, test, { present, used }));
  await asOrganization(parts.database, organizationId, (sql) =>
    note(sql, test, { result, renewable: isRenewable(used, present.credential) }),
  );
  return result;
}

function requireTestable(present: PresentConnection, { connector }: ConnectorMethod): void {
  if (present.status === "disconnected") {
    throw new ConflictError("The connection is disconnected: reconnect it first.", {
      code: "TENON_CONNECTION_DISCONNECTED",
    });
  }
  if (connector.verification === undefined) {
    throw new ConflictError(
      `The connector "${connector.slug}" names no verification request, so its connections cannot be tested.`,
      { code: "TENON_NO_VERIFICATION" },
    );
  }
}

/** One try; where the token has ended, or the provider says so, a renewal and another try. */
async function verifyRenewed(
  parts: ConnectionParts,
  test: Test,
  { present, used }: { readonly present: PresentConnection; readonly used: ConnectorMethod },
): Promise<VerificationResult> {
  const { organizationId, connectionId } = test;
  const first = hasEnded(used, present.credential) ? null : await verifyWith(parts, test, { present, used });
  if (first !== null && (first.status !== 401 || !isRenewable(used, present.credential))) {
    return first;
  }
  const began = performance.now();
  const renewal = await parts.courier.refresh({
    organizationId,
    connectionId,
    reason: "expired",
    spent: present.version,
  });
  if ("message" in renewal) {
    const latencyMs = performance.now() - began;
    return first ?? { ok: false, status: null, latencyMs, reason: renewal.message, account: null };
  }
  if (first !== null && renewal.note !== undefined) {
    return { ...first, reason: [first.reason, renewal.note].filter((one) => one !== null).join(" — ") };
  }
  return verifyWith(parts, test, { present: await openPresent(parts, test), used });
}

/** Whether its tokens are of no use any more, or were never asked for: a handler runs when they are needed first. */
function hasEnded({ method }: ConnectorMethod, credential: Credential): boolean {
  const end = expiresAt(credential);
  const none = Object.keys({ ...credential.tokens, ...credential.token }).length === 0;
  return (end !== null && end <= Date.now()) || (method.type === "custom" && none);
}

function isRenewable({ method }: ConnectorMethod, credential: Credential): boolean {
  return method.type === "custom" || Object.keys(credential.tokens).length > 0;
}

async function verifyWith(
  parts: ConnectionParts,
  { organizationId, signal }: Test,
  { present, used }: { readonly present: PresentConnection; readonly used: ConnectorMethod },
): Promise<VerificationResult> {
  const { credential, fields, version, oauthAppId } = present;
  const app = await openUsedApp(parts, {
    organizationId,
    connector: used.connector.slug,
    id: oauthAppId,
  });
  const authorization = authorizationOf({
    ...used,
    fields,
    credential,
    version,
    ...(app === null ? {} : { app }),
  });
  return verifyConnection({
    connector: used.connector,
    authorization,
    credential,
    fields,
    egress: parts.egress,
    signal,
  });
}

/** Notes the result. Trouble with renewals stays as the refresh engine left it: only it knows when that ends. */
async function note(
  sql: TenantSql,
  test: Test,
  { result, renewable }: { readonly result: StoredVerification; readonly renewable: boolean },
): Promise<void> {
  const { organizationId, connectionId } = test;
  const refused = wasRefused(result) && !renewable;
  const problem = {
    code: REFUSED,
    message: `The provider refused the credential${result.reason === null ? "" : `: ${result.reason}`}. Reconnect it.`,
    at: result.at,
  };
  const [row] = await sql<{ before: string; status: string }[]>`
    update connections c set verification = ${sql.json(result)}, updated_at = now(),
      status = case
        when ${result.ok} and (c.status = 'unverified' or (c.status = 'reauthorize' and c.problem ->> 'code' = ${REFUSED}))
          then 'healthy'
        when ${refused} and c.status in ('unverified', 'healthy') then 'reauthorize'
        else c.status end,
      problem = case
        when ${result.ok} and c.problem ->> 'code' = ${REFUSED} then null
        when ${refused} and c.status in ('unverified', 'healthy') then ${sql.json(problem)}::jsonb
        else c.problem end
    from (
      select status from connections where organization_id = ${organizationId} and id = ${connectionId} for update
    ) was
    where c.organization_id = ${organizationId} and c.id = ${connectionId}
    returning was.status as before, c.status`;
  if (row !== undefined && row.before !== row.status && row.before !== "unverified") {
    const type = row.status === "healthy" ? "connection.recovered" : "connection.reauthorize";
    await emitConnectionEvent(sql, { organizationId, connectionId, type });
  }
  await auditConnection(sql, {
    organizationId,
    connectionId,
    actor: test.actor,
    action: "connection.test",
    details: { ok: result.ok, status: result.status },
  });
}
