import { asOrganization } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { ForbiddenError, InvalidError, NotFoundError } from "#runtime/errors.ts";
import { newId } from "#runtime/ids.ts";
import { openOAuthApp } from "#runtime/oauth/app.ts";
import { beginAuthorization } from "#runtime/oauth/protocol/begin-authorization.ts";
import { seal } from "#runtime/vault/seal.ts";
import type { AuthMethodOf } from "#sdk/connector/auth.ts";
import { authMethodOf } from "#sdk/connector/parse.ts";
import type { Connector } from "#sdk/connector/schema.ts";
import type { Actor } from "./audit.ts";
import { draftPlace, hashToken, makeState, redirectUri, STATE_MS } from "./authorization-state.ts";
import type { KeptAuthorization } from "./authorization-state.ts";
import { checkFields } from "./check-fields.ts";
import type { ConnectionFields } from "./check-fields.ts";
import type { ConnectionOwner } from "./owner.ts";
import type { ConnectionParts } from "./parts.ts";
import { appMissing } from "./paste.ts";
import { requireSafePage } from "./return-url.ts";

/** The connection that an authorization will make, or the one that it will make new. */
export interface AuthorizationDraft {
  readonly organizationId: string;
  readonly environmentId: string;
  /** The connector's slug, and the id of one of its OAuth methods. */
  readonly connector: string;
  readonly method: string;
  readonly name: string;
  readonly description?: string;
  readonly owner: ConnectionOwner;
  /** Plain and secret ones; sealed until the callback comes. */
  readonly fields: Readonly<Record<string, string>>;
  /** Asked for instead of the connector's own. */
  readonly scopes?: readonly string[];
  readonly tags?: readonly string[];
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** The connection that gets the new credential; null: a new connection is made. */
  readonly reconnect: string | null;
  readonly connectSessionId: string | null;
  /** Where the browser goes in the end, with the outcome in its query; null: it stays on our page. */
  readonly returnUrl: string | null;
  readonly actor: Actor;
}

/** What the protocol needs besides what every verb of connections works with. */
export interface AuthorizationParts extends Omit<ConnectionParts, "courier"> {
  /** Where browsers reach this installation, without a trailing slash. */
  readonly publicUrl: string;
}

/** Where to send the browser, and until when its answer is taken. */
export interface StartedAuthorization {
  readonly authorizeUrl: string;
  readonly expiresAt: Date;
  /** Names the attempt in the callback: single use. */
  readonly state: string;
}

const DEADLINE_MS = 30_000;
/** RFC 6749 §3.3. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,500}$/;

/**
 * Begins an OAuth authorization. With `binder` only a browser that brings the same one back may finish it: whoever
 * lets somebody else open the URL does not get their account.
 *
 * @throws NotFoundError, InvalidError (fields, scopes, method, return URL), ConflictError `TENON_OAUTH_APP_MISSING`.
 */
export async function startAuthorization(
  parts: AuthorizationParts,
  draft: AuthorizationDraft,
  binder: string | null = null,
): Promise<StartedAuthorization> {
  const { organizationId, environmentId } = draft;
  const { connector } = await parts.catalogue.load(organizationId, draft.connector);
  const method = requireOAuthMethod(connector, draft.method);
  requireForm(draft);
  const { fields, secrets } = checkFields(connector, method, draft.fields, await presentFields(parts, draft));
  const app = await openOAuthApp(parts, { organizationId, environmentId, connector: connector.slug });
  if (app === null) {
    throw appMissing(connector, redirectUri(parts.publicUrl, connector.slug));
  }
  const scopes = draft.scopes ?? app.scopes ?? null;
  const uri = redirectUri(parts.publicUrl, connector.slug);
  const state = makeState();
  const { url, verifier } = await beginAuthorization(
    {
      connector,
      method,
      app,
      fields: { ...fields, ...secrets },
      egress: parts.egress,
      redirectUri: uri,
      signal: AbortSignal.timeout(DEADLINE_MS),
    },
    { state, ...(scopes === null ? {} : { scopes }) },
  );
  const expiresAt = await keep(parts, draft, state, {
    environmentId,
    method: method.id,
    name: draft.name,
    description: draft.description ?? "",
    owner: draft.owner,
    fields,
    secrets,
    scopes: scopes === null ? null : [...scopes],
    tags: [...(draft.tags ?? [])],
    metadata: { ...draft.metadata },
    returnUrl: draft.returnUrl,
    actor: draft.actor,
    appId: app.id,
    redirectUri: uri,
    verifier,
    binder: binder === null ? null : hashToken(binder).toString("hex"),
  });
  return { authorizeUrl: url, expiresAt, state };
}

function requireOAuthMethod(connector: Connector, id: string): AuthMethodOf<"oauth2"> {
  const method = authMethodOf(connector, id);
  if (method?.type !== "oauth2" || method.grant !== "authorization_code") {
    const possible = connector.auth
      .filter((one) => one.type === "oauth2" && one.grant === "authorization_code")
      .map((one) => one.id);
    throw new InvalidError(
      possible.length === 0
        ? `"${connector.name}" is not connected by an authorization; send its fields instead.`
        : `"${connector.name}" has no method "${id}" with an authorization; there is ${possible.join(", ")}.`,
    );
  }
  return method;
}

function requireForm(draft: AuthorizationDraft): void {
  if (draft.returnUrl !== null) {
    requireSafePage(draft.returnUrl, "returnUrl");
  }
  const wrong = draft.scopes?.find((scope) => !SCOPE.test(scope));
  if (wrong !== undefined) {
    const message = "must be names of scopes: no spaces, quotes or backslashes";
    throw new InvalidError(`"scopes" ${message}.`, { issues: [{ path: "scopes", message }] });
  }
}

/** What a reconnect may leave blank. Secret fields are asked for again: they would have to be opened. */
async function presentFields(
  parts: AuthorizationParts,
  draft: AuthorizationDraft,
): Promise<ConnectionFields> {
  const { organizationId, environmentId, reconnect } = draft;
  if (reconnect === null) {
    return { fields: {}, secrets: {} };
  }
  const [present] = await asOrganization(
    parts.database,
    organizationId,
    (sql) => sql<{ fields: Record<string, string> }[]>`
      select fields from connections
      where organization_id = ${organizationId} and id = ${reconnect} and environment_id = ${environmentId}
        and connector = ${draft.connector}`,
  );
  if (present === undefined) {
    throw new NotFoundError("connection", reconnect);
  }
  return { fields: present.fields, secrets: {} };
}

async function keep(
  parts: AuthorizationParts,
  draft: AuthorizationDraft,
  state: string,
  kept: KeptAuthorization,
): Promise<Date> {
  const { organizationId } = draft;
  const id = newId();
  const sealed = await seal(parts.keyring, draftPlace(organizationId, id), JSON.stringify(kept));
  const expiresAt = new Date(Date.now() + STATE_MS);
  await asOrganization(parts.database, organizationId, async (sql) => {
    await requireRoom(sql, draft);
    await sql`
      insert into oauth_states (id, organization_id, hash, connector, connect_session_id, connection_id, draft_sealed,
        expires_at)
      values (${id}, ${organizationId}, ${hashToken(state)}, ${draft.connector}, ${draft.connectSessionId},
        ${draft.reconnect}, ${sealed}, ${expiresAt})`;
  });
  return expiresAt;
}

/** Authorizations that one connect session may begin in a day: more than any person does. */
const MOST_BEGUN = 100;

async function requireRoom(
  sql: TenantSql,
  { organizationId, connectSessionId }: AuthorizationDraft,
): Promise<void> {
  if (connectSessionId === null) {
    return;
  }
  const [begun] = await sql<{ count: number }[]>`
    select count(*)::integer as count from oauth_states
    where organization_id = ${organizationId} and connect_session_id = ${connectSessionId}`;
  if ((begun?.count ?? 0) >= MOST_BEGUN) {
    throw new ForbiddenError(
      `This session began ${String(MOST_BEGUN)} authorizations already; go back to where you came from and begin anew.`,
      "TENON_CONNECT_TOO_MANY",
    );
  }
}
