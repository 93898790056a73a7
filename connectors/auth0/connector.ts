import { copies } from "#connectors/sources.ts";
import { defineConnector } from "#sdk/connector/define.ts";
import { actions } from "./actions.ts";

export const connector = defineConnector({
  slug: "auth0",
  name: "Auth0 Management",
  description: "Users, roles and applications of an Auth0 tenant, as a machine.",
  domain: "auth0.com",
  visibility: "public",
  categories: ["security"],
  sources: copies(
    "https://auth0.com/docs/secure/tokens/access-tokens/management-api-access-tokens/get-management-api-access-tokens-for-production",
    "https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy/rate-limit-use-cases",
    "https://auth0.com/docs/manage-users/user-search/list-and-search-users",
    "https://github.com/auth0/node-auth0/blob/master/reference.md",
  ),
  fields: {
    tenantHost: {
      label: "Domain",
      description: "The tenant's own domain, not a custom one.",
      placeholder: "acme.eu.auth0.com",
      format: "hostname",
      pattern: "[a-z0-9-]+(\\.[a-z]{2})?\\.auth0\\.com",
      patternHint: "must be a domain of auth0.com such as acme.eu.auth0.com",
    },
  },
  hosts: ["{tenantHost}"],
  baseUrl: "https://{tenantHost}/api/v2",
  auth: [
    {
      id: "client-credentials",
      type: "oauth2",
      label: "Machine-to-machine application",
      grant: "client_credentials",
      tokenUrl: "https://{tenantHost}/oauth/token",
      request: { body: "json", params: { audience: "https://{tenantHost}/api/v2/" } },
      response: { expiry: { missing: 86_400 } },
      refresh: { by: "again", margin: 3_600 },
    },
  ],
  verification: {
    path: "/tenants/settings",
    reason: "message",
    account: { id: "{tenantHost}", name: "friendly_name" },
  },
  policy: { retry: { reset: "x-ratelimit-reset" } },
  pagination: { type: "page", param: "page", first: 0, limitParam: "per_page", limit: 50 },
  actions,
});
