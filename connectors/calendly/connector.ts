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
      pkce: "optional",
      response: { expiry: { missing: 7_200 } },
      refresh: { rotation: "always" },
    },
    { id: "token", type: "bearer", label: "Personal access token", help: "Integrations → API and webhooks." },
  ],
  verification: {
    path: "/users/me",
    reason: "message",
    account: { id: "resource.uri", name: "resource.name" },
  },
  policy: { retry: { after: "x-ratelimit-reset" } },
  pagination: { type: "link", items: "collection", path: "pagination.next_page" },
  actions,
});
