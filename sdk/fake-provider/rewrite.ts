import type { Action } from "../connector/action.ts";
import type { AuthMethod } from "../connector/auth.ts";
import type { OAuth2 } from "../connector/oauth.ts";
import type { Connector } from "../connector/schema.ts";

/**
 * The same connector with every address at one origin: `https://{shop}.example.com/x` becomes
 * `http://localhost:1234/{shop}.example.com/x`, so that templated hosts are parts of the path. An address that begins
 * with a kept value, `{token.instance_url}/x`, stays: the provider hands out values that point to itself.
 */
export function rewriteConnector(connector: Connector, origin: string): Connector {
  const move = (url: string): string => rewriteUrl(url, origin);
  return {
    ...connector,
    hosts: [origin],
    baseUrl: move(connector.baseUrl),
    auth: connector.auth.map((method) => rewriteMethod(method, connector, origin)),
    ...(connector.verification?.baseUrl === undefined
      ? {}
      : {
          verification: { ...connector.verification, baseUrl: move(connector.verification.baseUrl) },
        }),
    actions: connector.actions.map((action) => rewriteAction(action, connector, origin)),
  };
}

/** One address at the origin, its own host as the first part of the path: also a host that a field gives whole. */
export function rewriteUrl(url: string, origin: string): string {
  const [, host, rest] = /^(?:https?:\/\/)?([^/?#]+)(.*)$/s.exec(url.replace(KEPT_ORIGIN, "")) ?? [];
  return host === undefined || rest === undefined ? url : `${origin}/${host}${rest}`;
}

/** What a callback or a token response gave as an address. */
const KEPT_ORIGIN = /^\{(?:callback|token)\..*$/s;

function rewriteMethod(method: AuthMethod, connector: Connector, origin: string): AuthMethod {
  const base = method.baseUrl === undefined ? {} : { baseUrl: rewriteUrl(method.baseUrl, origin) };
  if (method.type === "custom") {
    return { ...method, ...base, handler: rewriteCode(method.handler, connector, origin) };
  }
  return method.type === "oauth2"
    ? { ...method, ...base, ...rewriteOAuth(method, origin) }
    : { ...method, ...base };
}

function rewriteOAuth(method: OAuth2, origin: string): Partial<OAuth2> {
  const { authorizeUrl, tokenUrl, revokeUrl, introspectUrl, lookup, refresh } = method;
  const moved = (name: string, url: string | undefined): object =>
    url === undefined ? {} : { [name]: rewriteUrl(url, origin) };
  return {
    tokenUrl: rewriteUrl(tokenUrl, origin),
    ...moved("authorizeUrl", authorizeUrl),
    ...moved("revokeUrl", revokeUrl),
    ...moved("introspectUrl", introspectUrl),
    ...moved("assertionAudience", method.assertionAudience),
    ...(lookup === undefined ? {} : { lookup: { ...lookup, url: rewriteUrl(lookup.url, origin) } }),
    refresh: { ...refresh, ...moved("url", refresh.url) },
  };
}

function rewriteAction(action: Action, connector: Connector, origin: string): Action {
  const { code, http } = action;
  return {
    ...action,
    ...(code === undefined ? {} : { code: rewriteCode(code, connector, origin) }),
    ...(http?.baseUrl === undefined ? {} : { http: { ...http, baseUrl: rewriteUrl(http.baseUrl, origin) } }),
  };
}

/** In code, addresses are known by their hosts: those that the definition names in full. */
function rewriteCode(code: string, connector: Connector, origin: string): string {
  return connector.hosts
    .filter((host) => !/[*{]/.test(host))
    .map((host) => host.replace(/^https?:\/\//, ""))
    .reduce((text, host) => text.replaceAll(`https://${host}`, `${origin}/${host}`), code);
}
