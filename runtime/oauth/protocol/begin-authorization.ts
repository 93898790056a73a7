import * as client from "openid-client";
import { InvalidError } from "#runtime/errors.ts";
import type { OAuth2 } from "#sdk/connector/oauth.ts";
import { fill, resolveUrl } from "../resolve.ts";
import type { Places } from "../resolve.ts";
import type { OAuthContext } from "./context.ts";
import { secretFieldsOf } from "./new-credential.ts";

/**
 * The address where a person allows access, and the PKCE verifier to keep until the callback.
 *
 * @throws InvalidError when the connector has no such address, or a field does not fit into it.
 */
export async function beginAuthorization(
  context: OAuthContext,
  asked: { readonly state: string; readonly scopes?: readonly string[] },
): Promise<{ readonly url: string; readonly verifier: string | null }> {
  const { connector, method, app } = context;
  if (method.authorizeUrl === undefined || method.grant !== "authorization_code") {
    throw new InvalidError(
      `The method "${method.id}" of "${connector.slug}" is not authorized in a browser: it has no authorizeUrl.`,
    );
  }
  // The browser sees the address, so no secret field has a place in it.
  const secret = secretFieldsOf(connector, method, context.fields);
  const plain = Object.entries(context.fields).filter(([name]) => !Object.hasOwn(secret, name));
  const places: Places = { fields: Object.fromEntries(plain), app: { clientId: app.clientId } };
  const verifier = method.pkce === "forbidden" ? null : client.randomPKCECodeVerifier();
  const params = new URLSearchParams(scopeParams(method.scopes, asked.scopes));
  for (const [name, template] of Object.entries(method.authorizeParams)) {
    params.set(
      name,
      fill(template, places, (value) => value),
    );
  }
  // Last, so that no definition replaces what protects the callback.
  params.set("redirect_uri", context.redirectUri);
  params.set("state", asked.state);
  if (verifier !== null) {
    params.set("code_challenge", await client.calculatePKCECodeChallenge(verifier));
    params.set("code_challenge_method", "S256");
  }
  const endpoint = resolveUrl(connector, method.authorizeUrl, places);
  const configuration = new client.Configuration(
    { issuer: endpoint.origin, authorization_endpoint: endpoint.href },
    app.clientId,
  );
  if (endpoint.protocol === "http:") {
    client.allowInsecureRequests(configuration);
  }
  const url = client.buildAuthorizationUrl(configuration, params);
  // A space as %20: every server reads that, and not every one reads +.
  return { url: url.href.replace(/\+/g, "%20"), verifier };
}

function scopeParams(scopes: OAuth2["scopes"], asked: readonly string[] | undefined): Record<string, string> {
  const main = (asked ?? scopes.default).join(scopes.separator);
  const user = scopes.user?.default.join(scopes.separator) ?? "";
  return {
    ...(main === "" ? {} : { [scopes.param]: main }),
    ...(scopes.user === undefined || user === "" ? {} : { [scopes.user.param]: user }),
  };
}
