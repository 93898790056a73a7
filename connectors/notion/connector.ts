import { copies, remembered } from "#connectors/sources.ts";
import { defineConnector } from "#sdk/connector/define.ts";
import { actions } from "./actions.ts";

export const connector = defineConnector({
  slug: "notion",
  name: "Notion",
  description: "Pages, data sources and comments of a Notion workspace.",
  domain: "notion.com",
  visibility: "public",
  categories: ["productivity"],
  sources: [
    ...copies(
      "https://developers.notion.com/reference/create-a-token",
      "https://developers.notion.com/reference/refresh-a-token",
      "https://developers.notion.com/reference/authentication",
      "https://developers.notion.com/reference/revoke-token",
      "https://github.com/makenotion/notion-sdk-js/tree/main/src/api-endpoints",
      "https://github.com/makenotion/notion-mcp-server/blob/main/scripts/notion-openapi.json",
    ),
    ...remembered("https://developers.notion.com/reference/request-limits"),
  ],
  hosts: ["api.notion.com"],
  baseUrl: "https://api.notion.com/v1",
  headers: { "notion-version": "2025-09-03" },
  auth: [
    {
      id: "oauth",
      type: "oauth2",
      label: "Sign in with Notion",
      authorizeUrl: "https://api.notion.com/v1/oauth/authorize",
      tokenUrl: "https://api.notion.com/v1/oauth/token",
      revokeUrl: "https://api.notion.com/v1/oauth/revoke",
      revoke: "access_token",
      clientAuth: "basic",
      pkce: "forbidden",
      authorizeParams: { owner: "user" },
      request: { body: "json", headers: { "notion-version": "2025-09-03" } },
      revokeRequest: {
        body: "json",
        headers: { "notion-version": "2025-09-03" },
        omit: ["token_type_hint"],
      },
      response: { keep: { workspace_id: "workspace_id" } },
      refresh: { rotation: "always" },
    },
    {
      id: "token",
      type: "bearer",
      label: "Internal integration secret",
      help: "notion.so/my-integrations; share the pages with the integration.",
      fields: { token: { label: "Secret", type: "password", placeholder: "ntn_…" } },
    },
  ],
  verification: { path: "/users/me", reason: "message", account: { id: "id", name: "bot.workspace_name" } },
  policy: { rate: { requests: 3, per: 1 }, retry: { statuses: [409, 429, 502, 503, 504] } },
  pagination: {
    type: "cursor",
    items: "results",
    cursor: "next_cursor",
    param: "start_cursor",
    more: "has_more",
  },
  actions,
});
