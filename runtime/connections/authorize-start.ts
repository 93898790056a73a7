import { UnavailableError } from "#runtime/errors.ts";
import type { Actor } from "./audit.ts";
import type { ConnectionOwner } from "./owner.ts";
import type { ConnectionParts } from "./parts.ts";

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
export interface AuthorizationParts extends ConnectionParts {
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

/**
 * Begins an OAuth authorization. With `binder` only a browser that brings the same one back may finish it: whoever
 * lets somebody else open the URL does not get their account.
 *
 * @throws NotFoundError, InvalidError (fields, scopes, method, return URL), ConflictError `TENON_OAUTH_APP_MISSING`.
 */
export async function startAuthorization(
  _parts: AuthorizationParts,
  draft: AuthorizationDraft,
  _binder: string | null = null,
): Promise<StartedAuthorization> {
  throw new UnavailableError(`Authorizations of "${draft.connector}" can not begin yet.`);
}
