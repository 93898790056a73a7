import { days } from "#connectors/days.ts";
import { copies, remembered } from "#connectors/sources.ts";
import { defineConnector } from "#sdk/connector/define.ts";
import { actions } from "./actions.ts";

export const connector = defineConnector({
  slug: "pipedrive",
  name: "Pipedrive",
  description: "Deals, people and organizations in Pipedrive.",
  domain: "pipedrive.com",
  visibility: "public",
  categories: ["crm"],
  sources: [
    ...copies(
      "https://pipedrive.readme.io/docs/marketplace-oauth-authorization",
      "https://developers.pipedrive.com/docs/api/v1/Oauth",
      "https://github.com/pipedrive/client-nodejs/tree/master/src/versions",
    ),
    // The page was found, but not the lines on the header that tells when requests may go on.
    ...remembered("https://pipedrive.readme.io/docs/core-api-concepts-rate-limiting"),
  ],
  hosts: ["*.pipedrive.com"],
  baseUrl: "{token.api_domain}",
  auth: [
    {
      id: "oauth",
      type: "oauth2",
      label: "Sign in with Pipedrive",
      authorizeUrl: "https://oauth.pipedrive.com/oauth/authorize",
      tokenUrl: "https://oauth.pipedrive.com/oauth/token",
      revokeUrl: "https://oauth.pipedrive.com/oauth/revoke",
      clientAuth: "basic",
      pkce: "forbidden",
      response: { expiry: { missing: 3_600 }, keep: { api_domain: "api_domain" } },
      refresh: { rotation: "sometimes", idleLifetime: days(60) },
    },
    {
      id: "token",
      type: "api-key",
      label: "API token",
      help: "Personal preferences → API.",
      name: "x-api-token",
      baseUrl: "https://{company}.pipedrive.com",
      fields: {
        company: { label: "Company domain", description: "The part before .pipedrive.com.", format: "label" },
        apiKey: { label: "API token", type: "password" },
      },
    },
  ],
  verification: {
    path: "/api/v1/users/me",
    reason: "error",
    account: { id: "data.company_id", name: "data.company_name" },
  },
  policy: { retry: { after: "x-ratelimit-reset" } },
  pagination: { type: "cursor", items: "data", cursor: "additional_data.next_cursor", param: "cursor" },
  actions,
});
