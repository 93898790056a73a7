import type { Egress, EgressResponse } from "#runtime/egress/fetch.ts";
import type { EgressSecret } from "#runtime/egress/fetch.ts";
import { headerOf } from "#runtime/egress/headers.ts";
import { hostOf, matchesHost } from "#runtime/egress/policy.ts";
import { nextHop } from "#runtime/egress/redirect.ts";
import { firstHop } from "#runtime/egress/request.ts";
import type { Hop } from "#runtime/egress/substitute.ts";
import { ForbiddenError } from "#runtime/errors.ts";
import type { Authorization } from "#runtime/oauth/access.ts";
import type { Connector } from "#sdk/connector/schema.ts";
import { credentialNames, mergeHeaders, mergeQuery } from "./target.ts";
import type { CredentialNames } from "./target.ts";

/** A request with a connection, before the credential is on it. */
export interface Outgoing {
  readonly url: URL;
  readonly method: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array | null;
  readonly redirect: "follow" | "manual" | "error";
}

/** What an exchange works with. */
export interface ExchangeParts {
  readonly egress: Pick<Egress, "fetch">;
  readonly connector: Connector;
  readonly alias: string;
  /** Secrets of the run itself, whose placeholders may stand in the request too. */
  readonly runSecrets: readonly EgressSecret[];
  readonly bodyLimit: number;
  readonly signal: AbortSignal;
}

/**
 * One request with its redirects. Each hop must be on the connector's hosts; the credential stays on the origin that
 * it was sent to first (Fetch §4.4, which speaks of `Authorization` only: here it is everything that carries it).
 */
export async function exchange(
  parts: ExchangeParts,
  outgoing: Outgoing,
  authorization: Authorization,
): Promise<EgressResponse> {
  const { egress, connector, alias, runSecrets, bodyLimit, signal } = parts;
  const names = credentialNames(authorization, connector);
  const secrets = [...authorization.secrets, ...runSecrets];
  let hop = firstHop({
    ...outgoing,
    url: mergeQuery(outgoing.url, authorization).href,
    headers: mergeHeaders(outgoing.headers, authorization, names),
    allow: authorization.hosts,
    secrets,
    bodyLimit,
    signal,
  });
  for (let redirects = 0; ; redirects += 1) {
    requireOwnHost(hop.url, authorization, connector, alias);
    const response = await egress.fetch({
      url: hop.url.href,
      method: hop.method,
      headers: hop.headers,
      body: hop.body,
      redirect: "manual",
      allow: authorization.hosts,
      secrets,
      signal,
      bodyLimit,
    });
    const next = follow(hop, response, redirects, { ...outgoing, secrets });
    if (next === null) {
      return { ...response, url: hop.url.href, redirected: redirects > 0 };
    }
    response.cancel();
    hop = carry(next, hop, authorization, names);
  }
}

function follow(
  hop: Hop,
  response: EgressResponse,
  redirects: number,
  request: { readonly redirect: Outgoing["redirect"]; readonly secrets: readonly EgressSecret[] },
): Hop | null {
  const location = headerOf(response.headers, "location");
  try {
    return nextHop(hop, { status: response.status, location }, redirects, request);
  } catch (error) {
    response.cancel();
    throw error;
  }
}

/** On the same origin the credential goes along; elsewhere nothing of it does. */
function carry(next: Hop, from: Hop, authorization: Authorization, names: CredentialNames): Hop {
  return next.url.origin === from.url.origin
    ? { ...next, url: carriesCredential(from, names) ? mergeQuery(next.url, authorization) : next.url }
    : { ...next, headers: next.headers.filter(([name]) => !names.headers.has(name)) };
}

function carriesCredential({ url }: Hop, names: CredentialNames): boolean {
  return [...names.query].some((name) => url.searchParams.has(name));
}

function requireOwnHost(url: URL, { hosts }: Authorization, connector: Connector, alias: string): void {
  if (!hosts.some((pattern) => matchesHost(pattern, url))) {
    const port = url.port === "" ? "" : `:${url.port}`;
    throw new ForbiddenError(
      `The connection "${alias}" may not reach ${url.protocol}//${hostOf(url)}${port}: the connector "${connector.slug}" allows ${hosts.join(", ")}. Nothing was sent there.`,
      "TENON_EGRESS_DENIED",
    );
  }
}
