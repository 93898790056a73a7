import type { AuthMethodOf } from "./auth.ts";
import { fieldsOf } from "./methods.ts";
import type { DefinitionIssue } from "./parse.ts";
import { placesOf } from "./places.ts";
import type { Connector } from "./schema.ts";

/** Something that works, but that a careful author would not leave so. */
export interface LintIssue extends DefinitionIssue {
  /** `warning`: mend it; `note`: somebody should know. */
  readonly level: "warning" | "note";
}

/** Ways in which authorization servers are asked for a refresh token. */
const OFFLINE_SCOPES = ["offline_access", "offline", "refresh_token", "offline.access"];
const OFFLINE_PARAMETERS = ["access_type", "duration", "token_access_type"];

/** What is missing or risky in a checked definition. */
export function lintConnector(connector: Connector): LintIssue[] {
  return [
    ...aboutLints(connector),
    ...verificationLints(connector),
    ...fieldLints(connector),
    ...actionLints(connector),
    ...connector.auth.flatMap((method, position) =>
      method.type === "oauth2" ? oauthLints(method, `auth.${String(position)}`) : [],
    ),
  ];
}

function warning(path: string, message: string): LintIssue {
  return { level: "warning", path, message };
}

function note(path: string, message: string): LintIssue {
  return { level: "note", path, message };
}

function aboutLints({ sources, description, actions }: Connector): LintIssue[] {
  return [
    ...(sources.length === 0
      ? [
          warning(
            "sources",
            "is empty: name the vendor's pages that this was written from, and when they were read",
          ),
        ]
      : []),
    ...sources.flatMap(({ via }, position) =>
      via === "memory"
        ? [note(`sources.${String(position)}`, "was not open when this was written; check against it")]
        : [],
    ),
    ...(description === "" ? [warning("description", "is empty: say in a sentence what it is for")] : []),
    ...(actions.length === 0 ? [note("actions", "is empty: only plain requests can be made")] : []),
  ];
}

function verificationLints({ verification, auth, hosts }: Connector): LintIssue[] {
  const nothingToTell = auth.every(({ type }) => type === "none");
  // Anybody may be behind a host that the connection names: there is no one request that they all answer.
  const anyHost =
    hosts.every((host) => /^\{[^{}]+\}$/.test(host)) && auth.every(({ type }) => type !== "oauth2");
  if (verification === undefined) {
    return nothingToTell || anyHost
      ? []
      : [
          warning(
            "verification",
            "is missing: nobody can tell whether a credential works before a run fails",
          ),
        ];
  }
  return verification.account === undefined && auth.some(({ type }) => type === "oauth2")
    ? [warning("verification.account", "is missing: a reconnect cannot tell whether it is the same account")]
    : [];
}

function fieldLints(connector: Connector): LintIssue[] {
  const used = new Set(placesOf(JSON.stringify(connector)));
  return connector.auth.flatMap((method, position) =>
    Object.keys(fieldsOf(connector, method))
      .filter((name) => !used.has(name) && method.type !== "custom" && !codeUses(connector, name))
      .map((name) => {
        const place = Object.hasOwn(connector.fields, name) ? "" : `auth.${String(position)}.`;
        return warning(
          `${place}fields.${name}`,
          "is asked for, but nothing uses it; remove it, or use its place",
        );
      }),
  );
}

function codeUses({ actions }: Connector, name: string): boolean {
  return actions.some(({ code }) => code?.includes(name) === true);
}

function actionLints({ actions, auth }: Connector): LintIssue[] {
  const scopes = new Set(
    auth.flatMap((method) => (method.type === "oauth2" ? Object.keys(method.scopes.available) : [])),
  );
  return actions.flatMap(({ slug, description, input, scopes: needed }, position) => {
    const place = `actions.${String(position)}`;
    return [
      ...(description === "" ? [warning(`${place}.description`, `is empty: say what "${slug}" does`)] : []),
      ...(input === true ? [warning(`${place}.input`, `takes anything; describe what "${slug}" needs`)] : []),
      ...needed
        .filter((scope) => scopes.size > 0 && !scopes.has(scope))
        .map((scope) =>
          warning(`${place}.scopes`, `names "${scope}", which no auth method explains in scopes.available`),
        ),
    ];
  });
}

function oauthLints(method: AuthMethodOf<"oauth2">, place: string): LintIssue[] {
  return [
    ...grantLints(method, place),
    ...expiryLints(method, place),
    ...(method.revokeUrl === undefined && method.grant === "authorization_code"
      ? [
          note(
            `${place}.revokeUrl`,
            "is missing: a disconnect only forgets the tokens; the vendor keeps them valid",
          ),
        ]
      : []),
  ];
}

function grantLints(method: AuthMethodOf<"oauth2">, place: string): LintIssue[] {
  if (method.grant === "client_credentials") {
    return [];
  }
  const needsOffline = method.refresh.by === "refresh_token" && method.response.expiry.missing !== "never";
  return [
    ...(method.pkce === "forbidden"
      ? [note(`${place}.pkce`, "is forbidden: only the client secret protects the code")]
      : []),
    ...(needsOffline && !asksForOffline(method)
      ? [
          note(
            `${place}.scopes`,
            "asks for no offline access by a scope or parameter; make sure that refresh tokens come without",
          ),
        ]
      : []),
    ...(method.scopes.default.length > 0 && Object.keys(method.scopes.available).length === 0
      ? [warning(`${place}.scopes.available`, "is empty: say what each scope of the default is for")]
      : []),
  ];
}

function asksForOffline({ scopes, authorizeParams }: AuthMethodOf<"oauth2">): boolean {
  return (
    scopes.default.some((scope) => OFFLINE_SCOPES.includes(scope)) ||
    OFFLINE_PARAMETERS.some((name) => Object.hasOwn(authorizeParams, name))
  );
}

function expiryLints(
  { response, refresh, introspectUrl, grant }: AuthMethodOf<"oauth2">,
  place: string,
): LintIssue[] {
  const issues: LintIssue[] = [];
  if (response.expiry.missing === "never" && refresh.by !== "none") {
    // Who says how long refresh tokens live has looked, and means that tokens without a lifetime do not end.
    const looked = [refresh.idleLifetime, refresh.absoluteLifetime, response.refreshExpiresIn].some(
      (known) => known !== undefined,
    );
    const path = `${place}.response.expiry.missing`;
    issues.push(
      introspectUrl !== undefined
        ? warning(path, 'is never, although introspectUrl could tell; set it to "introspect"')
        : looked || refresh.rotation !== "sometimes"
          ? note(
              path,
              "is never: a token without a lifetime in the response is used until the vendor refuses it",
            )
          : warning(
              path,
              "is never, although tokens are renewed; give the lifetime that the vendor documents, or set refresh.by to none",
            ),
    );
  }
  if (grant === "client_credentials" && refresh.by === "refresh_token") {
    issues.push(
      warning(
        `${place}.refresh.by`,
        'is refresh_token, which this grant does not give (RFC 6749 §4.4.3); set it to "again"',
      ),
    );
  }
  if (refresh.rotation === "always" && refresh.by !== "refresh_token") {
    issues.push(warning(`${place}.refresh.rotation`, `has no meaning with refresh.by ${refresh.by}`));
  }
  return issues;
}
