import { copies, remembered } from "#connectors/sources.ts";
import { defineConnector } from "#sdk/connector/define.ts";
import { actions } from "./actions.ts";

export const connector = defineConnector({
  slug: "linear",
  name: "Linear",
  description: "Issues, projects and teams of a Linear workspace, by its GraphQL API.",
  domain: "linear.app",
  visibility: "public",
  categories: ["developer-tools", "project-management"],
  sources: [
    ...copies(
      "https://linear.app/developers/oauth-2-0-authentication",
      "https://github.com/linear/linear/blob/master/packages/sdk/src/schema.graphql",
      "https://github.com/linear/linear/blob/master/packages/sdk/src/error.ts",
    ),
    ...remembered("https://linear.app/developers/graphql", "https://linear.app/developers/rate-limiting"),
  ],
  hosts: ["api.linear.app", "linear.app"],
  baseUrl: "https://api.linear.app",
  headers: { "content-type": "application/json" },
  auth: [
    {
      id: "oauth",
      type: "oauth2",
      label: "Sign in with Linear",
      authorizeUrl: "https://linear.app/oauth/authorize",
      tokenUrl: "https://api.linear.app/oauth/token",
      revokeUrl: "https://api.linear.app/oauth/revoke",
      pkce: "optional",
      scopes: {
        separator: ",",
        available: {
          read: "Read everything that the account can see.",
          write: "Write everything that the account can.",
          "issues:create": "Create issues.",
          "comments:create": "Create comments.",
        },
        default: ["read", "write"],
      },
      response: { expiry: { missing: 86_400 } },
      // The same request may be made again within 30 minutes, and answers the same.
      refresh: { rotation: "always", grace: 1_800, margin: 3_600 },
    },
    {
      id: "api-key",
      type: "api-key",
      label: "Personal API key",
      name: "authorization",
      fields: { apiKey: { label: "API key", type: "password", placeholder: "lin_api_…" } },
    },
  ],
  verification: {
    method: "POST",
    path: "/graphql",
    body: '{"query":"{ viewer { id email } }"}',
    failed: [{ path: "errors" }],
    reason: "errors.0.message",
    account: { id: "data.viewer.id", name: "data.viewer.email" },
  },
  expired: [
    { status: [401] },
    { path: "errors.0.extensions.code", equals: "AUTHENTICATION_ERROR" },
    { path: "errors.0.extensions.type", equals: "authentication error" },
  ],
  failed: [{ path: "errors" }],
  policy: {
    retry: {
      limited: [
        { path: "errors.0.extensions.code", equals: "RATELIMITED" },
        { path: "errors.0.extensions.type", equals: "ratelimited" },
      ],
      reset: "x-ratelimit-requests-reset",
    },
  },
  actions,
});
