import type { OAuth2 } from "#sdk/connector/oauth.ts";
import type { Credential } from "../credential.ts";
import type { Places } from "../resolve.ts";
import type { OAuthContext } from "./context.ts";

/** Where tokens are renewed, and how such a request is written: as the first one, but for what `refresh` says. */
export function refreshEndpoint({ tokenUrl, request, refresh }: OAuth2): {
  readonly endpoint: string;
  readonly request: OAuth2["request"];
} {
  const own = refresh.request ?? {};
  return {
    endpoint: refresh.url ?? tokenUrl,
    request: {
      method: own.method ?? request.method,
      body: own.body ?? request.body,
      headers: own.headers ?? request.headers,
      params: own.params ?? request.params,
      omit: own.omit ?? request.omit,
    },
  };
}

/** What the places of the provider's addresses and parameters stand for. */
export function placesOfCredential({ fields, app }: OAuthContext, credential: Credential): Places {
  return { fields, credential, app: { clientId: app.clientId } };
}
