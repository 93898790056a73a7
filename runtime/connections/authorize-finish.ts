import { asOrganization } from "#runtime/db/tenant.ts";
import { ConflictError, InvalidError, TenonError } from "#runtime/errors.ts";
import { newId } from "#runtime/ids.ts";
import { openUsedApp } from "#runtime/oauth/app.ts";
import { authorizationOf } from "#runtime/oauth/authorization.ts";
import type { Credential, OAuthApp } from "#runtime/oauth/credential.ts";
import { exchangeCode } from "#runtime/oauth/protocol/exchange-code.ts";
import { verifyConnection } from "#runtime/oauth/verify.ts";
import type { VerificationResult } from "#runtime/oauth/verify.ts";
import type { AuthMethodOf } from "#sdk/connector/auth.ts";
import { authMethodOf } from "#sdk/connector/parse.ts";
import type { Connector } from "#sdk/connector/schema.ts";
import type { Actor, RequestPlace } from "./audit.ts";
import { hashToken } from "./authorization-state.ts";
import { requireConsent } from "./callback.ts";
import { createConnection } from "./create.ts";
import type { AuthorizationParts } from "./authorize-start.ts";
import { appMissing } from "./paste.ts";
import { reconnectConnection } from "./reconnect.ts";
import type { ScopeChange } from "./reconnect.ts";
import { stateError, takeState } from "./take-state.ts";
import type { TakenAuthorization } from "./take-state.ts";
import { wasRefused } from "./verification.ts";

/** What the browser of the callback brings along. */
export interface CallbackBrowser {
  /** What it was given when the authorization began; null: nothing. */
  readonly binder: string | null;
  readonly from: RequestPlace;
}

/** What became of an authorization whose beginning is known. */
export interface AuthorizationOutcome {
  readonly connector: string;
  readonly connectSessionId: string | null;
  readonly returnUrl: string | null;
  readonly result:
    | {
        readonly ok: true;
        readonly connection: { readonly id: string; readonly name: string };
        /** Null: it is a new connection. */
        readonly scopes: ScopeChange | null;
      }
    | { readonly ok: false; readonly code: string; readonly message: string };
}

const DEADLINE_MS = 30_000;

/**
 * Finishes an authorization: takes its state, trades the code, tries the credential out and stores it.
 *
 * @param connector - The slug in the address that the provider sent the browser to.
 * @throws InvalidError `TENON_STATE_…` when the callback does not belong to anything that was begun, or not to this
 * browser. What goes wrong after that is an outcome.
 */
export async function finishAuthorization(
  parts: Omit<AuthorizationParts, "publicUrl">,
  connector: string,
  callback: URLSearchParams,
  browser: CallbackBrowser,
): Promise<AuthorizationOutcome> {
  const states = callback.getAll("state");
  const [state = null] = states;
  const taken = await takeState(parts, states.length === 1 ? state : null, connector);
  const foreign = foreignBrowser(taken, browser);
  const result =
    foreign === null
      ? await finish(parts, taken, callback, browser).catch((error: unknown) =>
          asFailure(parts, taken, error),
        )
      : asFailure(parts, taken, foreign);
  await noteOutcome(parts, taken, result);
  if (foreign !== null) {
    throw foreign;
  }
  return {
    connector,
    connectSessionId: taken.connectSessionId,
    returnUrl: taken.kept.returnUrl,
    result,
  };
}

/** Whoever began it must be the one who allowed it: otherwise a stranger's account would be connected. */
function foreignBrowser({ kept }: TakenAuthorization, { binder }: CallbackBrowser): TenonError | null {
  const own = kept.binder === null || (binder !== null && hashToken(binder).toString("hex") === kept.binder);
  return own
    ? null
    : stateError(
        "BROWSER",
        "This authorization began in another browser, or this one takes no cookies; open the connect page here and begin again.",
      );
}

async function finish(
  parts: Omit<AuthorizationParts, "publicUrl">,
  taken: TakenAuthorization,
  callback: URLSearchParams,
  browser: CallbackBrowser,
): Promise<AuthorizationOutcome["result"]> {
  const { kept, organizationId } = taken;
  await requireOpenSession(parts, taken);
  const { connector } = await parts.catalogue.load(organizationId, taken.connector);
  const method = authMethodOf(connector, kept.method);
  const app = await openUsedApp(parts, {
    organizationId,
    connector: connector.slug,
    id: kept.appId,
  });
  if (method?.type !== "oauth2" || app === null) {
    throw appMissing(connector);
  }
  requireConsent(connector, callback, [kept.verifier, app.clientSecret, ...Object.values(kept.secrets)]);
  const credential = await exchange(parts, taken, { connector, method, app, callback });
  const verification = await verify(parts, taken, { connector, method, app, credential });
  const actor: Actor = kept.actor.type === "system" ? kept.actor : { ...kept.actor, from: browser.from };
  return store(parts, taken, { credential, verification, actor });
}

/** A session that was revoked in the meantime connects nothing any more. */
async function requireOpenSession(
  parts: Pick<AuthorizationParts, "database">,
  { organizationId, connectSessionId }: TakenAuthorization,
): Promise<void> {
  if (connectSessionId === null) {
    return;
  }
  const open = await asOrganization(
    parts.database,
    organizationId,
    (sql) => sql`
      select 1 from connect_sessions
      where organization_id = ${organizationId} and id = ${connectSessionId} and revoked_at is null`,
  );
  if (open.length === 0) {
    throw new ConflictError("This connect session was revoked; ask whoever sent you here for a new one.", {
      code: "TENON_CONNECT_SESSION_ENDED",
    });
  }
}

interface Leg {
  readonly connector: Connector;
  readonly method: AuthMethodOf<"oauth2">;
  readonly app: OAuthApp;
}

async function exchange(
  parts: Pick<AuthorizationParts, "egress">,
  { kept }: TakenAuthorization,
  { connector, method, app, callback }: Leg & { readonly callback: URLSearchParams },
): Promise<Credential> {
  const [state = ""] = callback.getAll("state");
  const answer = await exchangeCode(
    {
      connector,
      method,
      app,
      fields: { ...kept.fields, ...kept.secrets },
      egress: parts.egress,
      redirectUri: kept.redirectUri,
      signal: AbortSignal.timeout(DEADLINE_MS),
    },
    {
      callback,
      state,
      verifier: kept.verifier,
      ...(kept.scopes === null ? {} : { scopes: kept.scopes }),
    },
  );
  if (answer.kind === "tokens") {
    return { ...answer.credential, fields: kept.secrets };
  }
  throw answer.kind === "unavailable"
    ? new TenonError(
        "TENON_PROVIDER_UNAVAILABLE",
        "passing",
        503,
        `"${connector.name}" gave no tokens at the moment; try again shortly. ${answer.message}`,
      )
    : new InvalidError(`"${connector.name}" refused to give tokens. ${answer.message}`, {
        code: answer.code === "invalid_client" ? "TENON_OAUTH_APP_REFUSED" : "TENON_AUTHORIZATION_REFUSED",
      });
}

async function verify(
  parts: Pick<AuthorizationParts, "egress">,
  { kept }: TakenAuthorization,
  { connector, method, app, credential }: Leg & { readonly credential: Credential },
): Promise<VerificationResult | null> {
  if (connector.verification === undefined) {
    return null;
  }
  const { fields } = kept;
  const verification = await verifyConnection({
    connector,
    authorization: authorizationOf({ connector, method, fields, credential, version: 1, app }),
    credential,
    fields,
    egress: parts.egress,
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
  if (wasRefused(verification)) {
    throw new InvalidError(
      `"${connector.name}" gave a token, but does not accept it${verification.reason === null ? "" : `: ${verification.reason.replace(/[.\s]+$/, "")}`}. Begin again, and allow everything that is asked for.`,
      { code: "TENON_VERIFICATION_FAILED" },
    );
  }
  return verification;
}

async function store(
  parts: Omit<AuthorizationParts, "publicUrl">,
  { organizationId, connector, reconnect, kept }: TakenAuthorization,
  made: {
    readonly credential: Credential;
    readonly verification: VerificationResult | null;
    readonly actor: Actor;
  },
): Promise<AuthorizationOutcome["result"]> {
  const { credential, verification, actor } = made;
  const shared = {
    organizationId,
    method: kept.method,
    fields: kept.fields,
    credential,
    oauthAppId: kept.appId,
    account: verification?.account ?? null,
    scopes: credential.tokens["main"]?.scopes ?? [],
    verification,
    actor,
  };
  if (reconnect !== null) {
    const scopes = await reconnectConnection(parts, { ...shared, connectionId: reconnect });
    return { ok: true, connection: { id: reconnect, name: kept.name }, scopes };
  }
  const id = newId();
  const { environmentId, name, description, owner, tags, metadata } = kept;
  await createConnection(parts, {
    ...shared,
    id,
    environmentId,
    connector,
    name,
    description,
    owner,
    tags,
    metadata,
  });
  return { ok: true, connection: { id, name }, scopes: null };
}

/** People see errors of ours as they are; of anything else only that it happened. */
function asFailure(
  parts: Pick<AuthorizationParts, "log">,
  { stateId, connector }: TakenAuthorization,
  error: unknown,
): AuthorizationOutcome["result"] {
  if (error instanceof TenonError && error.fault !== "operator") {
    return { ok: false, code: error.code, message: error.message };
  }
  parts.log.error(
    { err: error, connector, authorization: stateId },
    "an authorization could not be finished",
  );
  return {
    ok: false,
    code: "TENON_INTERNAL",
    message: "Something went wrong on our side and nothing was stored; begin again.",
  };
}

async function noteOutcome(
  parts: Pick<AuthorizationParts, "database">,
  { organizationId, stateId }: TakenAuthorization,
  result: AuthorizationOutcome["result"],
): Promise<void> {
  await asOrganization(parts.database, organizationId, async (sql) => {
    await sql`
      update oauth_states set outcome = ${sql.json(result)}
      where organization_id = ${organizationId} and id = ${stateId}`;
  });
}
