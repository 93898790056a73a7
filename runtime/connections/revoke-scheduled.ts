import { asOrganization } from "#runtime/db/tenant.ts";
import { openApp } from "#runtime/oauth/app.ts";
import type { Credential, OAuthApp } from "#runtime/oauth/credential.ts";
import { answerPlace } from "#runtime/oauth/journal.ts";
import { revokeTokens } from "#runtime/oauth/protocol/revoke-tokens.ts";
import { openCredential } from "#runtime/oauth/store-credential.ts";
import { openText } from "#runtime/vault/open.ts";
import { auditConnection } from "./audit.ts";
import { claimRevocation } from "./claim-revocation.ts";
import type { ClaimedRevocation, DueRevocation } from "./claim-revocation.ts";
import { loadMethod } from "./method.ts";
import type { ConnectionParts } from "./parts.ts";
import { DEADLINE_MS } from "./revoke.ts";
import type { Revocation } from "./revoke.ts";

/** What the ending of scheduled tokens works with. */
export type RevocationParts = Omit<ConnectionParts, "courier"> & {
  /** Ends the waiting for providers; what is under way is tried again later. */
  readonly stopping?: AbortSignal;
};

const MINUTE = 60;
/** How long after each failed try the next one comes, in seconds: within nine hours in all. Then it is given up. */
const DELAYS = [30, 5 * MINUTE, 30 * MINUTE, 120 * MINUTE, 360 * MINUTE] as const;
const LONGEST_REASON = 300;

/**
 * Tries once to end tokens that were left behind: claim, ask the provider, write down what came of it. The tokens are
 * forgotten once they are ended or given up.
 */
export async function revokeScheduled(
  parts: RevocationParts,
  due: DueRevocation,
): Promise<"revoked" | "given up" | "later" | "not ours"> {
  const claimed = await claimRevocation(parts.database, due);
  if (claimed === null) {
    return "not ours";
  }
  const revocation = await attempt(parts, claimed);
  const delay = revocation.again === true ? DELAYS[claimed.attempts - 1] : undefined;
  if (delay !== undefined) {
    await putOff(parts, claimed, delay);
    return "later";
  }
  await finish(parts, claimed, revocation);
  return revocation.revoked ? "revoked" : "given up";
}

async function attempt(parts: RevocationParts, claimed: ClaimedRevocation): Promise<Revocation> {
  if (claimed.replaced) {
    return { revoked: false, reason: "The account was connected again; ending the old tokens could end it." };
  }
  try {
    return await revoke(parts, claimed);
  } catch (error) {
    parts.log.warn({ err: error, connector: claimed.connector }, "scheduled tokens were not revoked");
    return { revoked: false, reason: "The provider could not be asked; the log has the cause.", again: true };
  }
}

async function revoke(parts: RevocationParts, claimed: ClaimedRevocation): Promise<Revocation> {
  const { connector, method } = await loadMethod(parts.catalogue, claimed);
  if (method.type !== "oauth2" || method.revokeUrl === undefined) {
    return { revoked: false, reason: `"${connector.name}" has no way to revoke it from here.` };
  }
  const app = await appOf(parts, claimed);
  if (app === null) {
    return { revoked: false, reason: "The OAuth app that it was made with does not exist any more." };
  }
  const credential = await tokensOf(parts, claimed);
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  const revocation = await revokeTokens(
    {
      connector,
      method,
      app,
      fields: { ...claimed.fields, ...credential.fields },
      egress: parts.egress,
      redirectUri: "",
      signal: parts.stopping === undefined ? deadline : AbortSignal.any([deadline, parts.stopping]),
    },
    credential,
  );
  return { ...revocation, again: !revocation.revoked };
}

async function appOf(parts: RevocationParts, claimed: ClaimedRevocation): Promise<OAuthApp | null> {
  const { organizationId, appId, appClientId, appVersion, appSealed, connector } = claimed;
  return appId === null || appClientId === null || appVersion === null
    ? parts.catalogue.managedApp(connector)
    : openApp(parts, organizationId, {
        id: appId,
        clientId: appClientId,
        credentialSealed: appSealed,
        version: appVersion,
        scopes: null,
      });
}

async function tokensOf(parts: RevocationParts, claimed: ClaimedRevocation): Promise<Credential> {
  const { organizationId, connectionId, credentialVersion, credentialSealed, answerId, answerSealed } =
    claimed;
  if (credentialSealed !== null) {
    const version = credentialVersion ?? 0;
    return openCredential(parts.keyring, { organizationId, connectionId, version, sealed: credentialSealed });
  }
  const place = answerPlace(organizationId, answerId ?? "");
  return JSON.parse(await openText(parts.keyring, place, answerSealed ?? Buffer.alloc(0))) as Credential;
}

async function putOff(
  parts: RevocationParts,
  { organizationId, id, leaseToken }: ClaimedRevocation,
  seconds: number,
): Promise<void> {
  await asOrganization(
    parts.database,
    organizationId,
    (sql) => sql`
      update revocations set lease_token = null, lease_expires_at = null, due_at = now() + make_interval(secs => ${seconds})
      where organization_id = ${organizationId} and id = ${id} and lease_token = ${leaseToken}`,
  );
}

async function finish(
  parts: RevocationParts,
  claimed: ClaimedRevocation,
  { revoked, reason }: Revocation,
): Promise<void> {
  const { organizationId, connectionId, id, leaseToken, connector, cause, attempts } = claimed;
  await asOrganization(parts.database, organizationId, async (sql) => {
    const ours = await sql`
      delete from revocations
      where organization_id = ${organizationId} and id = ${id} and lease_token = ${leaseToken} returning 1`;
    if (ours.length > 0) {
      await auditConnection(sql, {
        organizationId,
        connectionId,
        actor: { type: "system" },
        action: "credential.revoke",
        outcome: revoked ? "success" : "failed",
        details: { connector, cause, attempts, reason: reason?.slice(0, LONGEST_REASON) ?? null },
      });
    }
  });
}
