import type { ConnectorInput } from "#sdk/connector/schema.ts";
import { days } from "./days.ts";
import { copies, remembered } from "./sources.ts";

/** How all connectors of this vendor authorize. */
export function googleOAuth(scopes: Readonly<Record<string, string>>): ConnectorInput["auth"] {
  return [
    {
      id: "oauth",
      type: "oauth2",
      label: "Sign in with Google",
      authorizeUrl: "https://accounts.google.com/o/oauth2/v2/auth",
      tokenUrl: "https://oauth2.googleapis.com/token",
      revokeUrl: "https://oauth2.googleapis.com/revoke",
      pkce: "optional",
      // A refresh token only comes with offline access, and a second time only after consent is asked for again.
      authorizeParams: { access_type: "offline", prompt: "consent" },
      scopes: {
        available: { openid: "Who the account is.", email: "Its e-mail address.", ...scopes },
        default: ["openid", "email", ...Object.keys(scopes)],
      },
      // `refresh_token_expires_in` only stands in responses whose refresh token ends, as in apps that are being tested.
      response: { expiry: { missing: 3_600 }, refreshExpiresIn: "refresh_token_expires_in" },
      refresh: { rotation: "never", idleLifetime: days(180) },
    },
  ];
}

/** What is the same in all connectors of this vendor. */
export const GOOGLE: Pick<ConnectorInput, "domain" | "visibility" | "verification" | "policy"> = {
  domain: "google.com",
  visibility: "public",
  verification: {
    baseUrl: "https://openidconnect.googleapis.com",
    path: "/v1/userinfo",
    reason: "error_description",
    account: { id: "sub", name: "email" },
  },
  policy: {
    retry: {
      limited: [
        { status: [403], path: "error.errors.0.reason", equals: "rateLimitExceeded" },
        { status: [403], path: "error.errors.0.reason", equals: "userRateLimitExceeded" },
      ],
    },
  },
};

/** The hosts that authorizing needs. */
export const GOOGLE_HOSTS = ["accounts.google.com", "oauth2.googleapis.com", "openidconnect.googleapis.com"];

/** The pages about authorizing. */
export const GOOGLE_SOURCES = [
  ...copies(
    "https://developers.google.com/identity/protocols/OAuth2WebServer",
    "https://developers.google.com/identity/protocols",
  ),
  ...remembered("https://developers.google.com/identity/protocols/oauth2"),
];
