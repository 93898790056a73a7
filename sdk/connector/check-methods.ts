import type { AuthMethodOf } from "./auth.ts";
import { duplicates } from "./duplicates.ts";
import type { DefinitionIssue } from "./parse.ts";
import type { Connector } from "./schema.ts";

type OAuthMethod = AuthMethodOf<"oauth2">;

/** What the product sends itself: a definition that replaced it would undo its protection. */
const OWN_PARAMETERS = ["state", "code_challenge", "code_challenge_method", "redirect_uri", "nonce"];

/** What is wrong between the parts of the auth methods. */
export function methodIssues(connector: Connector): DefinitionIssue[] {
  const ids = connector.auth.map(({ id }) => `"${id}"`).join(", ");
  return [
    ...duplicates(connector.auth, "auth", "id"),
    ...(connector.defaultAuth === undefined || connector.auth.some(({ id }) => id === connector.defaultAuth)
      ? []
      : [
          {
            path: "defaultAuth",
            message: `is "${connector.defaultAuth}", which is no auth method; use one of ${ids}`,
          },
        ]),
    ...connector.auth.flatMap((method, position) =>
      method.type === "oauth2"
        ? oauthIssues(method).map(({ path, message }) => ({
            path: `auth.${String(position)}.${path}`,
            message,
          }))
        : [],
    ),
  ];
}

function oauthIssues(method: OAuthMethod): DefinitionIssue[] {
  return [
    ...grantIssues(method),
    ...pkceIssues(method),
    ...scopeIssues(method),
    ...requestIssues(method),
    ...expiryIssues(method),
    ...refreshIssues(method),
    ...endpointIssues(method),
  ];
}

function grantIssues({ grant, authorizeUrl, clientAuth }: OAuthMethod): DefinitionIssue[] {
  const issues: DefinitionIssue[] = [];
  if (grant === "authorization_code" && authorizeUrl === undefined) {
    issues.push({ path: "authorizeUrl", message: "is missing: the grant authorization_code begins there" });
  }
  if (grant === "client_credentials" && clientAuth === "none") {
    issues.push({
      path: "clientAuth",
      message: "must not be none with the grant client_credentials, which is only the client's proof",
    });
  }
  return issues;
}

function pkceIssues({ grant, pkce, clientAuth, request, authorizeParams }: OAuthMethod): DefinitionIssue[] {
  const issues: DefinitionIssue[] = [];
  if (grant === "authorization_code" && pkce === "forbidden" && clientAuth === "none") {
    issues.push({
      path: "pkce",
      message:
        "must not be forbidden for a public client (clientAuth none): anybody who sees the code could use it (RFC 9700 §2.1.1)",
    });
  }
  if (pkce !== "forbidden" && request.omit.includes("code_verifier")) {
    issues.push({
      path: "request.omit",
      message:
        "leaves out code_verifier, although the authorization request sends a challenge; set pkce to forbidden, or send it",
    });
  }
  for (const name of OWN_PARAMETERS.filter((own) => Object.hasOwn(authorizeParams, own))) {
    issues.push({ path: `authorizeParams.${name}`, message: "is sent by the product itself; remove it" });
  }
  return issues;
}

function scopeIssues({ scopes }: OAuthMethod): DefinitionIssue[] {
  const known = Object.keys(scopes.available);
  const issues: DefinitionIssue[] =
    known.length === 0
      ? []
      : scopes.default.flatMap((scope, position) =>
          known.includes(scope)
            ? []
            : [
                {
                  path: `scopes.default.${String(position)}`,
                  message: `is "${scope}", which scopes.available does not explain; add it there`,
                },
              ],
        );
  if (scopes.user?.param === scopes.param) {
    issues.push({
      path: "scopes.user.param",
      message: `must not be "${scopes.param}" too; the lists would be mixed up`,
    });
  }
  return issues;
}

function requestIssues({ request, refresh, revokeRequest }: OAuthMethod): DefinitionIssue[] {
  const method = refresh.request?.method ?? request.method;
  const body = refresh.request?.body ?? request.body;
  return [
    ...(request.method === "GET" && request.body !== "query"
      ? [{ path: "request.body", message: `must be query, because a GET has no body` }]
      : []),
    ...(refresh.request !== undefined && method === "GET" && body !== "query"
      ? [{ path: "refresh.request.body", message: `must be query, because a GET has no body` }]
      : []),
    ...(revokeRequest?.method === "GET" && revokeRequest.body !== "query"
      ? [{ path: "revokeRequest.body", message: `must be query, because a GET has no body` }]
      : []),
  ];
}

function expiryIssues({ response, introspectUrl, lookup }: OAuthMethod): DefinitionIssue[] {
  const sets = Object.entries(response.sets).map(
    ([name, set]) => [`response.sets.${name}.expiry.missing`, set.expiry.missing] as const,
  );
  const twice = Object.keys(lookup?.keep ?? {}).filter((name) => Object.hasOwn(response.keep, name));
  return [
    ...[["response.expiry.missing", response.expiry.missing] as const, ...sets]
      .filter(([, missing]) => missing === "introspect" && introspectUrl === undefined)
      .map(([path]) => ({ path, message: "is introspect; say where: introspectUrl" })),
    ...(Object.hasOwn(response.sets, "main")
      ? [{ path: "response.sets.main", message: "is the name of the response's own token set; rename it" }]
      : []),
    ...twice.map((name) => ({
      path: `lookup.keep.${name}`,
      message: "is kept from the token response too; rename one",
    })),
  ];
}

function refreshIssues({ refresh, grant }: OAuthMethod): DefinitionIssue[] {
  const issues: DefinitionIssue[] = [];
  if (refresh.by === "exchange" && refresh.exchange === undefined) {
    issues.push({
      path: "refresh.exchange",
      message: "is missing: say the grant type and the parameter that carries the access token",
    });
  }
  if (refresh.by !== "exchange" && refresh.exchange !== undefined) {
    issues.push({
      path: "refresh.exchange",
      message: `has no use with refresh.by ${refresh.by}; set refresh.by to exchange, or remove it`,
    });
  }
  if (grant === "client_credentials" && refresh.by === "exchange") {
    issues.push({ path: "refresh.by", message: 'must be "again" with the grant client_credentials' });
  }
  if (refresh.notBefore !== undefined && refresh.margin > refresh.notBefore) {
    issues.push({
      path: "refresh.margin",
      message: `is ${String(refresh.margin)} s, but renewal is refused until ${String(refresh.notBefore)} s before the end (refresh.notBefore); make it at most that`,
    });
  }
  if (refresh.rotation === "never" && refresh.grace > 0) {
    issues.push({
      path: "refresh.grace",
      message: "has no meaning when refresh tokens never rotate; remove it",
    });
  }
  if (
    refresh.idleLifetime !== undefined &&
    refresh.absoluteLifetime !== undefined &&
    refresh.idleLifetime > refresh.absoluteLifetime
  ) {
    issues.push({
      path: "refresh.idleLifetime",
      message: "is longer than refresh.absoluteLifetime, which ends the token in any case",
    });
  }
  return issues;
}

function endpointIssues({ revoke, revokeUrl }: OAuthMethod): DefinitionIssue[] {
  return revoke !== undefined && revokeUrl === undefined
    ? [{ path: "revoke", message: "says what is revoked, but not where; add revokeUrl" }]
    : [];
}
