import { copies } from "#connectors/sources.ts";
import { defineConnector } from "#sdk/connector/define.ts";
import { actions } from "./actions.ts";

export const connector = defineConnector({
  slug: "hubspot",
  name: "HubSpot",
  description: "Contacts, companies, deals and tickets in HubSpot's CRM.",
  domain: "hubspot.com",
  visibility: "public",
  categories: ["crm", "marketing"],
  sources: copies(
    "https://developers.hubspot.com/docs/api-reference/auth-oauth-v3/guide",
    "https://developers.hubspot.com/docs/api-reference/legacy/authentication/oauth-tokens/v1/migration-guide",
    "https://developers.hubspot.com/changelog/v1-oauth-api-deprecation",
    "https://developers.hubspot.com/changelog/new-oauth-v3-api-endpoints-and-standardized-error-responses",
    "https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines.md",
    "https://developers.hubspot.com/changelog/increasing-our-api-limits",
    "https://developers.hubspot.com/docs/api-reference/legacy/migration-guide",
    "https://developers.hubspot.com/docs/api-reference/2026-03/crm/search-the-crm",
    "https://github.com/HubSpot/HubSpot-public-api-spec-collection",
  ),
  hosts: ["api.hubapi.com", "app.hubspot.com"],
  baseUrl: "https://api.hubapi.com",
  auth: [
    {
      id: "oauth",
      type: "oauth2",
      label: "Sign in with HubSpot",
      authorizeUrl: "https://app.hubspot.com/oauth/authorize",
      tokenUrl: "https://api.hubapi.com/oauth/2026-03/token",
      revokeUrl: "https://api.hubapi.com/oauth/2026-03/token/revoke",
      introspectUrl: "https://api.hubapi.com/oauth/2026-03/token/introspect",
      pkce: "optional",
      scopes: {
        available: {
          oauth: "Use the API at all.",
          "crm.objects.contacts.read": "Read contacts.",
          "crm.objects.contacts.write": "Write contacts.",
          "crm.objects.companies.read": "Read companies.",
          "crm.objects.companies.write": "Write companies.",
          "crm.objects.deals.read": "Read deals.",
          "crm.objects.deals.write": "Write deals.",
          tickets: "Read and write tickets.",
        },
        default: [
          "oauth",
          "crm.objects.contacts.read",
          "crm.objects.contacts.write",
          "crm.objects.companies.read",
          "crm.objects.companies.write",
          "crm.objects.deals.read",
          "crm.objects.deals.write",
        ],
      },
      response: {
        scope: "scopes",
        expiry: { missing: 1_800 },
        invalidGrant: ["BAD_REFRESH_TOKEN", "BAD_AUTH_CODE"],
      },
      refresh: { rotation: "never" },
    },
    {
      id: "private-app",
      type: "bearer",
      label: "Service key or private app token",
      help: "A service key of the developer platform; new private apps are no longer made.",
      fields: { token: { label: "Access token", type: "password", placeholder: "pat-…" } },
    },
  ],
  verification: {
    path: "/account-info/2026-09/details",
    reason: "message",
    account: { id: "portalId", name: "uiDomain" },
  },
  policy: { rate: { requests: 100, per: 10 } },
  pagination: { type: "cursor", items: "results", cursor: "paging.next.after", param: "after" },
  actions,
});
