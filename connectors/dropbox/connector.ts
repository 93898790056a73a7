import { copies } from "#connectors/sources.ts";
import { defineConnector } from "#sdk/connector/define.ts";
import { actions } from "./actions.ts";

export const connector = defineConnector({
  slug: "dropbox",
  name: "Dropbox",
  description: "Files and folders in Dropbox.",
  domain: "dropbox.com",
  visibility: "public",
  categories: ["files"],
  sources: copies(
    "https://dropbox.tech/developers/using-oauth-2-0-with-offline-access",
    "https://www.dropbox.com/lp/developers/reference/oauth-guide",
    "https://www.dropbox.com/lp/developers/reference/error-handling-guide",
    "https://www.dropbox.com/developers/documentation/http/documentation",
    "https://github.com/dropbox/dropbox-api-spec/blob/main/files.stone",
    "https://github.com/dropbox/dropbox-api-spec/blob/main/users.stone",
  ),
  hosts: ["api.dropboxapi.com", "content.dropboxapi.com", "www.dropbox.com"],
  baseUrl: "https://api.dropboxapi.com/2",
  auth: [
    {
      id: "oauth",
      type: "oauth2",
      label: "Sign in with Dropbox",
      authorizeUrl: "https://www.dropbox.com/oauth2/authorize",
      tokenUrl: "https://api.dropboxapi.com/oauth2/token",
      pkce: "optional",
      authorizeParams: { token_access_type: "offline" },
      scopes: {
        available: {
          "account_info.read": "Read who the account is.",
          "files.metadata.read": "Read names and details of files.",
          "files.content.read": "Read files.",
          "files.content.write": "Write files.",
          "sharing.write": "Share files.",
        },
        default: ["account_info.read", "files.metadata.read", "files.content.read", "files.content.write"],
      },
      response: { expiry: { missing: 14_400 } },
      refresh: { rotation: "never" },
    },
  ],
  verification: {
    method: "POST",
    path: "/users/get_current_account",
    headers: { "content-type": "application/json" },
    body: "null",
    reason: "error_summary",
    account: { id: "account_id", name: "email" },
  },
  actions,
});
