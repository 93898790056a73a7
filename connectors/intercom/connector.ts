import { copies } from "#connectors/sources.ts";
import { defineConnector } from "#sdk/connector/define.ts";
import { actions } from "./actions.ts";

export const connector = defineConnector({
  slug: "intercom",
  name: "Intercom",
  description: "Contacts, conversations and tickets in Intercom.",
  domain: "intercom.com",
  visibility: "public",
  categories: ["support", "messaging"],
  sources: copies(
    "https://developers.intercom.com/docs/build-an-integration/learn-more/authentication/setting-up-oauth.md",
    "https://developers.intercom.com/building-apps/docs/rest-apis",
    "https://developers.intercom.com/docs/build-an-integration/learn-more/rest-apis/pagination/",
    "https://developers.intercom.com/docs/references/2.1/rest-api/errors/rate-limiting.md",
    "https://github.com/intercom/Intercom-OpenAPI/blob/main/descriptions/2.13/api.intercom.io.yaml",
  ),
  fields: {
    apiHost: {
      label: "Region",
      description: "Where the workspace's data is kept.",
      format: "hostname",
      default: "api.intercom.io",
      options: [
        { value: "api.intercom.io", label: "United States" },
        { value: "api.eu.intercom.io", label: "Europe" },
        { value: "api.au.intercom.io", label: "Australia" },
      ],
    },
  },
  hosts: ["{apiHost}", "{appHost}"],
  baseUrl: "https://{apiHost}",
  headers: { "intercom-version": "2.13", accept: "application/json" },
  auth: [
    {
      id: "oauth",
      type: "oauth2",
      label: "Sign in with Intercom",
      fields: {
        appHost: {
          label: "Sign-in page",
          description: "Of the same region as the data.",
          format: "hostname",
          default: "app.intercom.com",
          options: [
            { value: "app.intercom.com", label: "United States" },
            { value: "app.eu.intercom.com", label: "Europe" },
            { value: "app.au.intercom.com", label: "Australia" },
          ],
        },
      },
      authorizeUrl: "https://{appHost}/oauth",
      tokenUrl: "https://{apiHost}/auth/eagle/token",
      pkce: "forbidden",
      refresh: { by: "none" },
    },
    {
      id: "token",
      type: "bearer",
      label: "Access token",
      help: "Of an own app, under Configure → Authentication.",
    },
  ],
  verification: { path: "/me", reason: "errors.0.message", account: { id: "app.id_code", name: "app.name" } },
  policy: { retry: { reset: "x-ratelimit-reset" } },
  pagination: { type: "cursor", items: "data", cursor: "pages.next.starting_after", param: "starting_after" },
  actions,
});
