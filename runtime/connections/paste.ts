import type { Egress } from "#runtime/egress/fetch.ts";
import type { Database } from "#runtime/db/connect.ts";
import { ConflictError, InvalidError, TenonError } from "#runtime/errors.ts";
import { openOAuthApp } from "#runtime/oauth/app.ts";
import { authorizationOf } from "#runtime/oauth/authorization.ts";
import type { ConnectorCatalogue } from "#runtime/oauth/catalogue.ts";
import type { Credential, OAuthApp } from "#runtime/oauth/credential.ts";
import { requestAppTokens } from "#runtime/oauth/protocol/request-app-tokens.ts";
import type { TokenAnswer } from "#runtime/oauth/protocol/context.ts";
import { resolveHosts } from "#runtime/oauth/resolve.ts";
import { verifyConnection } from "#runtime/oauth/verify.ts";
import type { VerificationResult } from "#runtime/oauth/verify.ts";
import type { Keyring } from "#runtime/vault/keyring.ts";
import type { AuthMethod, AuthMethodOf } from "#sdk/connector/auth.ts";
import type { Connector } from "#sdk/connector/schema.ts";
import { checkFields } from "./check-fields.ts";
import type { ConnectionFields } from "./check-fields.ts";

/** What the making of a credential works with. */
export interface PasteParts {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly egress: Egress;
  readonly catalogue: Pick<ConnectorCatalogue, "managedApp">;
}

/** What a person typed, and for which method of which connector. */
export interface Paste {
  readonly organizationId: string;
  readonly environmentId: string;
  readonly connector: Connector;
  readonly method: AuthMethod;
  readonly given: Readonly<Record<string, string>>;
  /** What blanks keep. */
  readonly present?: ConnectionFields;
  /** The tokens of an account that was authorized: they stay as they are. */
  readonly tokensOf?: Credential;
  /** Whether a credential that does not work is refused. */
  readonly verify: boolean;
  readonly signal: AbortSignal;
}

/** A credential that is ready to be stored. */
export interface PastedCredential {
  readonly fields: Readonly<Record<string, string>>;
  readonly credential: Credential;
  readonly oauthAppId: string | null;
  readonly scopes: readonly string[];
  /** Null: it was not verified. */
  readonly verification: VerificationResult | null;
}

/**
 * Makes a credential of what was typed: checks it, asks for tokens where the app itself is what connects, and tries
 * it out.
 *
 * @throws InvalidError (fields, `TENON_VERIFICATION_FAILED`, `TENON_CONNECTION_TARGET`); ConflictError
 * `TENON_OAUTH_APP_MISSING`; TenonError `TENON_PROVIDER_UNAVAILABLE`.
 */
export async function makeCredential(parts: PasteParts, paste: Paste): Promise<PastedCredential> {
  const { connector, method } = paste;
  const { fields, secrets } = checkFields(connector, method, paste.given, paste.present);
  const made =
    method.type === "oauth2" && paste.tokensOf === undefined
      ? await connectAsApp(parts, paste, method, { fields, secrets })
      : { credential: { ...(paste.tokensOf ?? withoutTokens()), fields: secrets }, app: null };
  // Resolved although nobody may ask for a verification: a host that cannot be is refused now, and not in a run.
  resolveHosts(connector, { fields, credential: made.credential });
  const verification = await verify(parts, paste, { fields, ...made });
  if (verification !== null && !verification.ok && paste.verify) {
    throw notVerified(connector, verification);
  }
  return {
    fields,
    credential: made.credential,
    oauthAppId: made.app?.id ?? null,
    scopes: made.credential.tokens["main"]?.scopes ?? [],
    verification,
  };
}

/** A credential that consists of fields only. */
export function withoutTokens(): Credential {
  return { fields: {}, tokens: {}, callback: {}, token: {}, authorizedAt: Date.now() };
}

interface Made {
  readonly credential: Credential;
  readonly app: OAuthApp | null;
}

async function connectAsApp(
  parts: PasteParts,
  { organizationId, environmentId, connector, signal }: Paste,
  method: AuthMethodOf<"oauth2">,
  { fields, secrets }: ConnectionFields,
): Promise<Made> {
  const app = await openOAuthApp(parts, { organizationId, environmentId, connector: connector.slug });
  // The operator's app is for accounts whose owners consent: by itself it acts for the operator.
  if (app === null || app.id === null) {
    throw appMissing(connector);
  }
  const answer = await requestAppTokens({
    connector,
    method,
    app,
    fields: { ...fields, ...secrets },
    egress: parts.egress,
    redirectUri: "",
    signal,
  });
  if (answer.kind !== "tokens") {
    throw noTokens(connector, answer);
  }
  return { credential: { ...answer.credential, fields: secrets }, app };
}

/** No OAuth app is registered here for a connector that needs one. */
export function appMissing(connector: Connector, redirectUri?: string): ConflictError {
  const uri = redirectUri === undefined ? "" : ` with the redirect URI ${redirectUri}`;
  return new ConflictError(
    `No OAuth app is registered for "${connector.name}" here: register one at the provider${uri}, and store it with POST /oauth-apps (tenon oauth-apps set ${connector.slug} --client-id <id>).`,
    { code: "TENON_OAUTH_APP_MISSING" },
  );
}

function noTokens(connector: Connector, answer: Exclude<TokenAnswer, { kind: "tokens" }>): TenonError {
  if (answer.kind === "unavailable") {
    return new TenonError(
      "TENON_PROVIDER_UNAVAILABLE",
      "passing",
      503,
      `"${connector.name}" gave no tokens at the moment; try again shortly. ${answer.message}`,
    );
  }
  return answer.code === "invalid_client"
    ? new InvalidError(
        `"${connector.name}" does not take the OAuth app; mend its client id and secret. ${answer.message}`,
        { code: "TENON_OAUTH_APP_REFUSED" },
      )
    : new InvalidError(`"${connector.name}" refused to give tokens. ${answer.message}`, {
        code: "TENON_AUTHORIZATION_REFUSED",
      });
}

/** Null: there is nothing to verify with, or not here: code that authenticates runs in a worker's sandbox. */
async function verify(
  parts: PasteParts,
  { connector, method, signal }: Paste,
  { fields, credential, app }: Made & { readonly fields: Readonly<Record<string, string>> },
): Promise<VerificationResult | null> {
  if (method.type === "custom") {
    return null;
  }
  const authorization = authorizationOf({
    connector,
    method,
    fields,
    credential,
    version: 1,
    ...(app === null ? {} : { app }),
  });
  return connector.verification === undefined
    ? null
    : verifyConnection({ connector, authorization, credential, fields, egress: parts.egress, signal });
}

function notVerified(connector: Connector, { status, reason }: VerificationResult): InvalidError {
  const how = status === null ? "could not be reached" : `answered ${String(status)}`;
  const mend = status === null ? "Check the address and try again" : "Mend the credential";
  const why = reason === null ? "" : `: ${reason.replace(/\.$/, "")}`;
  return new InvalidError(
    `"${connector.name}" ${how}${why}. ${mend}, or send "verify": false to store it as it is.`,
    { code: "TENON_VERIFICATION_FAILED" },
  );
}
