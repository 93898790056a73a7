import { copies, remembered } from "#connectors/sources.ts";
import { defineConnector } from "#sdk/connector/define.ts";
import { actions } from "./actions.ts";

export const connector = defineConnector({
  slug: "reddit",
  name: "Reddit",
  description: "Posts and comments on Reddit.",
  domain: "reddit.com",
  visibility: "public",
  categories: ["social"],
  sources: [
    // What Reddit published of its server, in 2017.
    ...copies("https://github.com/reddit-archive/reddit/tree/master/r2/r2/controllers"),
    ...remembered("https://github.com/reddit-archive/reddit/wiki/OAuth2", "https://www.reddit.com/dev/api/"),
  ],
  hosts: ["oauth.reddit.com", "www.reddit.com"],
  baseUrl: "https://oauth.reddit.com",
  headers: { "user-agent": "web:tenon:v1" },
  auth: [
    {
      id: "oauth",
      type: "oauth2",
      label: "Sign in with Reddit",
      authorizeUrl: "https://www.reddit.com/api/v1/authorize",
      tokenUrl: "https://www.reddit.com/api/v1/access_token",
      revokeUrl: "https://www.reddit.com/api/v1/revoke_token",
      clientAuth: "basic",
      pkce: "forbidden",
      authorizeParams: { duration: "permanent" },
      scopes: {
        available: {
          identity: "Who the account is.",
          read: "Read posts and comments.",
          submit: "Write posts and comments.",
          history: "Read the account's history.",
        },
        default: ["identity", "read", "submit"],
      },
      request: { headers: { "user-agent": "web:tenon:v1" } },
      response: { expiry: { missing: 3_600 } },
      refresh: { rotation: "never" },
    },
  ],
  verification: { path: "/api/v1/me", reason: "message", account: { id: "id", name: "name" } },
  // Refused posts and comments come with status 200.
  failed: [{ path: "json.errors.0" }],
  policy: { rate: { requests: 100, per: 60 }, retry: { after: "x-ratelimit-reset" } },
  pagination: { type: "cursor", items: "data.children", cursor: "data.after", param: "after" },
  actions,
});
