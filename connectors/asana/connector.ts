import { copies } from "#connectors/sources.ts";
import { defineConnector } from "#sdk/connector/define.ts";
import { actions } from "./actions.ts";

export const connector = defineConnector({
  slug: "asana",
  name: "Asana",
  description: "Tasks and projects in Asana.",
  domain: "asana.com",
  visibility: "public",
  categories: ["project-management"],
  sources: copies(
    "https://developers.asana.com/docs/oauth",
    "https://developers.asana.com/docs/oauth-scopes",
    "https://developers.asana.com/jd/docs/rate-limits",
    "https://github.com/Asana/openapi/blob/master/defs/asana_oas.yaml",
  ),
  hosts: ["app.asana.com"],
  baseUrl: "https://app.asana.com/api/1.0",
  auth: [
    {
      id: "oauth",
      type: "oauth2",
      label: "Sign in with Asana",
      authorizeUrl: "https://app.asana.com/-/oauth_authorize",
      tokenUrl: "https://app.asana.com/-/oauth_token",
      revokeUrl: "https://app.asana.com/-/oauth_revoke",
      pkce: "optional",
      scopes: {
        available: {
          default: "Everything, for apps that were registered with full permissions.",
          "tasks:read": "Read tasks.",
          "tasks:write": "Write tasks.",
          "projects:read": "Read projects.",
          "stories:write": "Write comments.",
          "users:read": "Read people.",
          "workspaces:read": "Read workspaces.",
        },
        default: ["default"],
      },
      response: { expiry: { missing: 3_600 } },
      refresh: { rotation: "never" },
    },
    { id: "token", type: "bearer", label: "Personal access token", help: "app.asana.com/0/my-apps" },
  ],
  verification: {
    path: "/users/me",
    reason: "errors.0.message",
    account: { id: "data.gid", name: "data.name" },
  },
  policy: { rate: { requests: 150, per: 60 } },
  pagination: { type: "cursor", items: "data", cursor: "next_page.offset", param: "offset" },
  actions,
});
