import { days } from "#connectors/days.ts";
import { copies, remembered } from "#connectors/sources.ts";
import { defineConnector } from "#sdk/connector/define.ts";
import { actions } from "./actions.ts";

export const connector = defineConnector({
  slug: "zendesk",
  name: "Zendesk",
  description: "Tickets, people and organizations in Zendesk Support.",
  domain: "zendesk.com",
  visibility: "public",
  categories: ["support"],
  sources: [
    ...copies(
      "https://developer.zendesk.com/api-reference/ticketing/oauth/grant_type_tokens/",
      "https://developer.zendesk.com/documentation/api-basics/authentication/refresh-token",
      "https://developer.zendesk.com/api-reference/introduction/pagination/",
      "https://github.com/zendesk/zendesk_api_client_rb/tree/main/lib/zendesk_api",
    ),
    ...remembered(
      "https://developer.zendesk.com/api-reference/introduction/rate-limits/",
      "https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/",
    ),
  ],
  fields: {
    subdomain: {
      label: "Subdomain",
      description: "The part before .zendesk.com.",
      placeholder: "acme",
      format: "label",
    },
  },
  hosts: ["{subdomain}.zendesk.com"],
  baseUrl: "https://{subdomain}.zendesk.com/api/v2",
  auth: [
    {
      id: "oauth",
      type: "oauth2",
      label: "Sign in with Zendesk",
      authorizeUrl: "https://{subdomain}.zendesk.com/oauth/authorizations/new",
      tokenUrl: "https://{subdomain}.zendesk.com/oauth/tokens",
      pkce: "optional",
      scopes: {
        available: {
          read: "Read everything.",
          write: "Write everything.",
          "tickets:read": "Read tickets.",
          "tickets:write": "Write tickets.",
        },
        default: ["read", "write"],
      },
      request: { body: "json" },
      response: { expiry: { missing: 1_800 }, refreshExpiresIn: "refresh_token_expires_in" },
      refresh: { rotation: "always", idleLifetime: days(30) },
    },
    {
      id: "api-token",
      type: "basic",
      label: "E-mail and API token",
      help: "Admin Center → Apps and integrations → API tokens.",
      username: "{email}/token",
      password: "{apiToken}",
      fields: {
        email: { label: "E-mail address" },
        apiToken: { label: "API token", type: "password" },
      },
    },
  ],
  verification: {
    path: "/users/me.json",
    // Without a credential the answer is 200 too, and tells of nobody.
    failed: [{ path: "user.name", equals: "Anonymous user" }],
    reason: "error",
    account: { id: "user.id", name: "user.email" },
  },
  pagination: { type: "cursor", cursor: "meta.after_cursor", param: "page[after]", more: "meta.has_more" },
  actions,
});
