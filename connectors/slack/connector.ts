import { copies } from "#connectors/sources.ts";
import { defineConnector } from "#sdk/connector/define.ts";
import { actions } from "./actions.ts";

export const connector = defineConnector({
  slug: "slack",
  name: "Slack",
  description: "Messages, channels and people of a Slack workspace.",
  domain: "slack.com",
  visibility: "public",
  categories: ["messaging"],
  sources: [
    ...copies(
      "https://api.slack.com/authentication/rotation",
      "https://docs.slack.dev/authentication/installing-with-oauth",
      "https://docs.slack.dev/authentication/using-pkce",
      "https://docs.slack.dev/apis/web-api/rate-limits",
      "https://github.com/slackapi/slack-api-specs/blob/master/web-api/slack_web_openapi_v2.json",
      "https://docs.slack.dev/reference/methods/oauth.v2.access",
      "https://docs.slack.dev/reference/methods/auth.revoke",
      "https://docs.slack.dev/reference/methods/auth.test",
      "https://docs.slack.dev/reference/methods/chat.postMessage",
      "https://docs.slack.dev/reference/methods/chat.update",
      "https://docs.slack.dev/reference/methods/conversations.list",
      "https://docs.slack.dev/reference/methods/conversations.history",
      "https://docs.slack.dev/reference/methods/conversations.open",
      "https://docs.slack.dev/reference/methods/users.list",
      "https://docs.slack.dev/reference/methods/users.lookupByEmail",
      "https://docs.slack.dev/reference/methods/reactions.add",
    ),
  ],
  hosts: ["slack.com"],
  baseUrl: "https://slack.com/api",
  auth: [
    {
      id: "oauth",
      type: "oauth2",
      label: "Sign in with Slack",
      authorizeUrl: "https://slack.com/oauth/v2/authorize",
      tokenUrl: "https://slack.com/api/oauth.v2.access",
      revokeUrl: "https://slack.com/api/auth.revoke",
      revoke: "access_token",
      clientAuth: "basic",
      // Only for apps that were made public clients, which cannot be undone.
      pkce: "forbidden",
      scopes: {
        separator: ",",
        available: {
          "chat:write": "Send messages as the app.",
          "channels:read": "See public channels.",
          "channels:history": "Read messages of public channels that the app is in.",
          "groups:read": "See private channels that the app is in.",
          "groups:history": "Read messages of private channels that the app is in.",
          "users:read": "See people of the workspace.",
          "users:read.email": "See their e-mail addresses.",
          "reactions:write": "Add reactions.",
          "im:write": "Begin direct messages.",
          "mpim:write": "Begin direct messages of a group.",
        },
        default: ["chat:write", "channels:read", "channels:history", "users:read", "users:read.email"],
        user: { param: "user_scope" },
      },
      response: {
        // The bot's tokens are at the top, those of the person below; both only end when the app rotates tokens.
        sets: {
          user: {
            accessToken: "authed_user.access_token",
            refreshToken: "authed_user.refresh_token",
            scope: "authed_user.scope",
            expiry: { path: "authed_user.expires_in" },
          },
        },
        keep: { team_id: "team.id" },
        invalidGrant: [
          "invalid_refresh_token",
          "token_revoked",
          "account_inactive",
          "invalid_code",
          "code_already_used",
        ],
        invalidClient: ["bad_client_secret", "invalid_client_id"],
      },
      refresh: { rotation: "always", margin: 3_600 },
    },
    {
      id: "token",
      type: "bearer",
      label: "Bot or user token",
      help: "From your app's page on api.slack.com, under OAuth & Permissions.",
      fields: { token: { label: "Token", type: "password", placeholder: "xoxb-…" } },
    },
  ],
  verification: {
    method: "POST",
    path: "/auth.test",
    failed: [{ path: "ok", equals: "false" }],
    reason: "error",
    account: { id: "team_id", name: "team" },
  },
  expired: [{ status: [401] }, { path: "error", equals: "token_expired" }],
  failed: [{ path: "ok", equals: "false" }],
  policy: { retry: { limited: [{ path: "error", equals: "ratelimited" }] } },
  pagination: { type: "cursor", cursor: "response_metadata.next_cursor", param: "cursor" },
  actions,
  events: [
    { slug: "message", name: "Message posted", match: { path: "event.type", equals: "message" } },
    { slug: "app-mention", name: "App mentioned", match: { path: "event.type", equals: "app_mention" } },
    {
      slug: "reaction-added",
      name: "Reaction added",
      match: { path: "event.type", equals: "reaction_added" },
    },
  ],
});
