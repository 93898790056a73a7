import { days } from "#connectors/days.ts";
import { copies } from "#connectors/sources.ts";
import { defineConnector } from "#sdk/connector/define.ts";
import { actions } from "./actions.ts";

export const connector = defineConnector({
  slug: "microsoft-365",
  name: "Microsoft 365",
  description: "Mail, calendars, files and people of Microsoft 365, by Microsoft Graph.",
  domain: "microsoft.com",
  visibility: "public",
  categories: ["productivity", "email", "calendar", "files"],
  sources: [
    ...copies(
      "https://learn.microsoft.com/en-us/entra/identity-platform/refresh-tokens",
      "https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow",
      "https://learn.microsoft.com/en-us/graph/throttling",
      "https://learn.microsoft.com/en-us/graph/paging",
      "https://learn.microsoft.com/en-us/graph/api/user-list-messages",
      "https://learn.microsoft.com/en-us/graph/api/user-sendmail",
      "https://learn.microsoft.com/en-us/graph/api/user-list-calendarview",
      "https://learn.microsoft.com/en-us/graph/api/user-list-contacts",
      "https://learn.microsoft.com/en-us/graph/api/driveitem-list-children",
      "https://github.com/microsoftgraph/msgraph-metadata/blob/master/openapi/v1.0/openapi.yaml",
    ),
  ],
  fields: {
    tenant: {
      label: "Tenant",
      description:
        "Whose accounts may sign in: common for all, organizations, consumers, or a tenant's id or domain.",
      default: "common",
      pattern: "[A-Za-z0-9.-]+",
      patternHint: "must be common, organizations, consumers, or a tenant's id or domain",
    },
  },
  hosts: ["graph.microsoft.com", "login.microsoftonline.com"],
  baseUrl: "https://graph.microsoft.com/v1.0",
  auth: [
    {
      id: "oauth",
      type: "oauth2",
      label: "Sign in with Microsoft",
      authorizeUrl: "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize",
      tokenUrl: "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
      pkce: "optional",
      scopes: {
        available: {
          offline_access: "Stay connected.",
          "User.Read": "Read the profile.",
          "Mail.ReadWrite": "Read and write mail.",
          "Mail.Send": "Send mail.",
          "Calendars.ReadWrite": "Read and write calendars.",
          "Files.ReadWrite.All": "Read and write files.",
          "Contacts.ReadWrite": "Read and write contacts.",
        },
        default: [
          "offline_access",
          "User.Read",
          "Mail.ReadWrite",
          "Mail.Send",
          "Calendars.ReadWrite",
          "Files.ReadWrite.All",
        ],
      },
      response: { expiry: { missing: 3_600 } },
      // A spent refresh token is not revoked; each lives for 90 days.
      refresh: { rotation: "always", grace: days(90), idleLifetime: days(90) },
    },
  ],
  verification: { path: "/me", reason: "error.message", account: { id: "id", name: "userPrincipalName" } },
  expired: [{ status: [401] }, { path: "error.code", equals: "InvalidAuthenticationToken" }],
  policy: { retry: { statuses: [429, 502, 503, 504] } },
  pagination: { type: "link", items: "value", path: "@odata\\.nextLink" },
  actions,
});
