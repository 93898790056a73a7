import { days } from "#connectors/days.ts";
import { copies } from "#connectors/sources.ts";
import { defineConnector } from "#sdk/connector/define.ts";
import { actions } from "./actions.ts";

export const connector = defineConnector({
  slug: "jira",
  name: "Jira",
  description: "Issues and projects of a Jira Cloud site.",
  domain: "atlassian.com",
  visibility: "public",
  categories: ["developer-tools", "project-management"],
  sources: copies(
    "https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps",
    "https://developer.atlassian.com/cloud/oauth/getting-started/refresh-tokens",
    "https://community.developer.atlassian.com/t/updated-31-january-2022-action-required-deprecating-persistent-refresh-tokens/54172",
    "https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account",
    "https://developer.atlassian.com/cloud/jira/platform/rate-limiting",
    "https://developer.atlassian.com/cloud/jira/platform/swagger-v3.v3.json",
  ),
  hosts: ["api.atlassian.com", "auth.atlassian.com", "*.atlassian.net"],
  baseUrl: "https://api.atlassian.com/ex/jira/{token.cloudId}",
  auth: [
    {
      id: "oauth",
      type: "oauth2",
      label: "Sign in with Atlassian",
      description: "A connection belongs to the first site that the account grants.",
      authorizeUrl: "https://auth.atlassian.com/authorize",
      tokenUrl: "https://auth.atlassian.com/oauth/token",
      pkce: "optional",
      authorizeParams: { audience: "api.atlassian.com", prompt: "consent" },
      scopes: {
        available: {
          offline_access: "Stay connected.",
          "read:jira-work": "Read issues and projects.",
          "write:jira-work": "Write issues.",
          "read:jira-user": "Read people.",
        },
        default: ["offline_access", "read:jira-work", "write:jira-work", "read:jira-user"],
      },
      request: { body: "json" },
      response: { expiry: { missing: 3_600 }, invalidGrant: ["unauthorized_client"] },
      lookup: {
        url: "https://api.atlassian.com/oauth/token/accessible-resources",
        keep: { cloudId: "0.id" },
      },
      refresh: { rotation: "always", grace: 600, idleLifetime: days(90), absoluteLifetime: days(365) },
    },
    {
      id: "api-token",
      type: "basic",
      label: "E-mail and API token",
      help: "id.atlassian.com → Security → API tokens; one without scopes.",
      username: "{email}",
      password: "{apiToken}",
      baseUrl: "https://{site}.atlassian.net",
      fields: {
        site: { label: "Site", description: "The part before .atlassian.net.", format: "label" },
        email: { label: "E-mail address" },
        apiToken: { label: "API token", type: "password" },
      },
    },
    {
      id: "scoped-token",
      type: "basic",
      label: "E-mail and API token with scopes",
      help: "id.atlassian.com → Security → API tokens. With the scopes read:jira-work, write:jira-work and read:jira-user.",
      username: "{email}",
      password: "{apiToken}",
      baseUrl: "https://api.atlassian.com/ex/jira/{cloudId}",
      fields: {
        cloudId: {
          label: "Cloud id",
          description: "In the answer of <site>.atlassian.net/_edge/tenant_info.",
        },
        email: { label: "E-mail address" },
        apiToken: { label: "API token", type: "password" },
      },
    },
  ],
  verification: {
    path: "/rest/api/3/myself",
    reason: "errorMessages.0",
    account: { id: "accountId", name: "displayName" },
  },
  // The gateway answers 404 when a token no longer reaches the site.
  expired: [{ status: [401] }, { status: [404], path: "code", equals: "404" }],
  policy: { retry: { reset: "x-ratelimit-reset" } },
  pagination: {
    type: "offset",
    items: "values",
    param: "startAt",
    limitParam: "maxResults",
    limit: 50,
    total: "total",
  },
  actions,
});
