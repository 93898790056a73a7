import { days } from "#connectors/days.ts";
import { copies, remembered } from "#connectors/sources.ts";
import { defineConnector } from "#sdk/connector/define.ts";
import { actions } from "./actions.ts";

export const connector = defineConnector({
  slug: "airtable",
  name: "Airtable",
  description: "Bases, tables and records in Airtable.",
  domain: "airtable.com",
  visibility: "public",
  categories: ["productivity", "database"],
  sources: [
    ...copies(
      "https://airtable.com/developers/web/api/oauth-reference",
      "https://airtable.com/developers/web/api/rate-limits",
      "https://airtable.com/developers/web/api/get-user-id-scopes",
      "https://airtable.com/developers/web/api/list-bases",
      "https://airtable.com/developers/web/api/get-base-schema",
      "https://airtable.com/developers/web/api/list-records",
      "https://airtable.com/developers/web/api/update-record",
    ),
    ...remembered("https://airtable.com/developers/web/api/create-records"),
  ],
  hosts: ["api.airtable.com", "airtable.com"],
  baseUrl: "https://api.airtable.com/v0",
  auth: [
    {
      id: "oauth",
      type: "oauth2",
      label: "Sign in with Airtable",
      authorizeUrl: "https://airtable.com/oauth2/v1/authorize",
      tokenUrl: "https://airtable.com/oauth2/v1/token",
      clientAuth: "basic",
      pkce: "required",
      scopes: {
        available: {
          "data.records:read": "Read records.",
          "data.records:write": "Write records.",
          "schema.bases:read": "Read bases and tables.",
          "user.email:read": "Read the e-mail address.",
        },
        default: ["data.records:read", "data.records:write", "schema.bases:read"],
      },
      response: { expiry: { missing: 3_600 }, refreshExpiresIn: "refresh_expires_in" },
      refresh: { rotation: "always", idleLifetime: days(60) },
    },
    {
      id: "token",
      type: "bearer",
      label: "Personal access token",
      help: "airtable.com/create/tokens",
      fields: { token: { label: "Token", type: "password", placeholder: "pat…" } },
    },
  ],
  verification: { path: "/meta/whoami", reason: "error.message", account: { id: "id", name: "email" } },
  policy: { rate: { requests: 5, per: 1 } },
  pagination: { type: "cursor", items: "records", cursor: "offset", param: "offset" },
  actions,
});
