import { copies, remembered } from "#connectors/sources.ts";
import { defineConnector } from "#sdk/connector/define.ts";
import { actions } from "./actions.ts";

export const connector = defineConnector({
  slug: "mailchimp",
  name: "Mailchimp",
  description: "Audiences, members and campaigns in Mailchimp.",
  domain: "mailchimp.com",
  visibility: "public",
  categories: ["marketing", "email"],
  sources: [
    ...copies(
      "https://mailchimp.com/developer/marketing/guides/access-user-data-oauth-2/",
      "https://developer.mailchimp.com/documentation/mailchimp/guides/how-to-use-oauth2/",
      "https://mailchimp.com/developer/guides/marketing-api-conventions/",
      "https://api.mailchimp.com/schema/3.0/Swagger.json",
    ),
    ...remembered("https://mailchimp.com/developer/marketing/docs/fundamentals/"),
  ],
  hosts: ["*.api.mailchimp.com", "login.mailchimp.com"],
  baseUrl: "https://{token.dc}.api.mailchimp.com/3.0",
  auth: [
    {
      id: "oauth",
      type: "oauth2",
      label: "Sign in with Mailchimp",
      authorizeUrl: "https://login.mailchimp.com/oauth2/authorize",
      tokenUrl: "https://login.mailchimp.com/oauth2/token",
      pkce: "forbidden",
      lookup: {
        url: "https://login.mailchimp.com/oauth2/metadata",
        headers: { authorization: "OAuth {accessToken}" },
        keep: { dc: "dc" },
      },
      refresh: { by: "none" },
    },
    {
      id: "api-key",
      type: "basic",
      label: "API key",
      help: "Account → Extras → API keys.",
      username: "key",
      password: "{apiKey}",
      baseUrl: "https://{dc}.api.mailchimp.com/3.0",
      fields: {
        apiKey: { label: "API key", type: "password" },
        dc: {
          label: "Data centre",
          description: "What follows the dash at the key's end.",
          placeholder: "us21",
          format: "label",
        },
      },
    },
  ],
  verification: { path: "/", reason: "detail", account: { id: "account_id", name: "account_name" } },
  policy: { concurrency: 10 },
  pagination: { type: "offset", param: "offset", limitParam: "count", limit: 100, total: "total_items" },
  actions,
});
