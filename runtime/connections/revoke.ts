import { openUsedApp } from "#runtime/oauth/app.ts";
import { revokeTokens } from "#runtime/oauth/protocol/revoke-tokens.ts";
import type { AuthMethod } from "#sdk/connector/auth.ts";
import { loadMethod } from "./method.ts";
import type { PresentConnection } from "./open-present.ts";
import type { ConnectionParts } from "./parts.ts";

/** Whether the provider ended the credential, and if not, why. */
export interface Revocation {
  readonly revoked: boolean;
  readonly reason: string | null;
  /** Whether it is worth being tried again: the provider could not be asked, or did not do it. */
  readonly again?: boolean;
}

/** How long a provider is waited for. */
export const DEADLINE_MS = 30_000;

/** Ends a credential at the provider where it can be ended there. Never fails: what is in the way is the reason. */
export async function revokeUpstream(
  parts: ConnectionParts,
  organizationId: string,
  present: PresentConnection,
): Promise<Revocation> {
  if (Object.keys(present.credential.tokens).length === 0) {
    return {
      revoked: false,
      reason: "A credential of this kind can be ended at the provider only; delete it there.",
    };
  }
  try {
    return await revokeWithApp(parts, organizationId, present);
  } catch (error) {
    parts.log.warn({ err: error, connector: present.connector }, "a credential was not revoked");
    return { revoked: false, reason: "The provider could not be asked; the log has the cause.", again: true };
  }
}

/** Whether credentials of a method can be ended by asking their provider. */
export function canRevoke(method: AuthMethod): boolean {
  return method.type === "oauth2" && method.revokeUrl !== undefined;
}

async function revokeWithApp(
  parts: ConnectionParts,
  organizationId: string,
  present: PresentConnection,
): Promise<Revocation> {
  const { connector, method } = await loadMethod(parts.catalogue, { organizationId, ...present });
  if (method.type !== "oauth2" || method.revokeUrl === undefined) {
    return { revoked: false, reason: `"${connector.name}" has no way to revoke it from here.` };
  }
  const app = await openUsedApp(parts, {
    organizationId,
    connector: connector.slug,
    id: present.oauthAppId,
  });
  if (app === null) {
    return { revoked: false, reason: "The OAuth app that it was made with does not exist any more." };
  }
  const revocation = await revokeTokens(
    {
      connector,
      method,
      app,
      fields: { ...present.fields, ...present.credential.fields },
      egress: parts.egress,
      redirectUri: "",
      signal: AbortSignal.timeout(DEADLINE_MS),
    },
    present.credential,
  );
  return { ...revocation, again: !revocation.revoked };
}
