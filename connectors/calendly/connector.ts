import { copies, remembered } from "#connectors/sources.ts";
import { defineConnector } from "#sdk/connector/define.ts";
import { actions } from "./actions.ts";

export const connector = defineConnector({
  slug: "calendly",
  name: "Calendly",
  description: "Event types and scheduled events in Calendly.",
  domain: "calendly.com",
  visibility: "public",
  categories: ["calendar"],
  sources: [
    ...copies(
      "https://developer.calendly.com/how-to-access-calendly-data-on-behalf-of-authenticated-users",
      "https://developer.calendly.com/refresh-token-rotation-guide",
      "https://developer.calendly.com/creating-an-oauth-app",
      "https://developer.calendly.com/docs/authentication/scopes",
      "https://developer.calendly.com/api-docs/calendly-o-auth/o-auth/post-oauth-refresh-token",
      "https://developer.calendly.com/api-docs/calendly-o-auth/o-auth/post-oauth-revoke",
      "https://developer.calendly.com/api-docs/calendly-api/event-types/list-event-types",
      "https://developer.calendly.com/api-docs/calendly-api/scheduled-events/list-scheduled-events",
      "https://developer.calendly.com/api-docs/calendly-api/scheduled-events/create-scheduled-event-cancellation",
      "https://developer.calendly.com/api-docs/overview/rate-limits",
    ),
    ...remembered("https://developer.calendly.com/api-docs"),
  ],
  hosts: ["api.calendly.com", "auth.calendly.com"],
  baseUrl: "https://api.calendly.com",
  auth: [
    {
      id: "oauth",
      type: "oauth2",
      label: "Sign in with Calendly",
      authorizeUrl: "https://auth.calendly.com/oauth/authorize",
      tokenUrl: "https://auth.calendly.com/oauth/token",
      revokeUrl: "https://auth.calendly.com/oauth/revoke",
      // What the token endpoint asks of web clients; the page of the revocation endpoint names the body.
      clientAuth: "basic",
      pkce: "required",
      // Apps made since March 2026 reach nothing but what they ask for; those before then reach everything.
      scopes: {
        available: {
          "users:read": "Read who the account is.",
          "event_types:read": "Read what can be booked.",
          "scheduled_events:read": "Read what was booked.",
          "scheduled_events:write": "Cancel what was booked.",
        },
        default: ["users:read", "event_types:read", "scheduled_events:write"],
      },
      response: { expiry: { missing: 7_200 } },
      refresh: { rotation: "always", quota: { requests: 8, per: 60, of: "connection" } },
    },
    {
      id: "token",
      type: "bearer",
      label: "Personal access token",
      help: "Integrations → API and webhooks; with the scopes users:read, event_types:read and scheduled_events:write.",
    },
  ],
  verification: {
    path: "/users/me",
    reason: "message",
    account: { id: "resource.uri", name: "resource.name" },
  },
  policy: { retry: { reset: "x-ratelimit-reset" } },
  pagination: { type: "link", items: "collection", path: "pagination.next_page" },
  actions,
});
