import { copies, remembered } from "#connectors/sources.ts";
import { defineConnector } from "#sdk/connector/define.ts";
import { actions } from "./actions.ts";

export const connector = defineConnector({
  slug: "anthropic",
  name: "Anthropic",
  description: "Messages by Anthropic's models.",
  domain: "anthropic.com",
  visibility: "public",
  categories: ["ai"],
  sources: [
    ...copies("https://github.com/anthropics/anthropic-sdk-typescript/blob/main/api.md"),
    ...remembered(
      "https://docs.anthropic.com/en/api/overview",
      "https://docs.anthropic.com/en/api/rate-limits",
    ),
  ],
  hosts: ["api.anthropic.com"],
  baseUrl: "https://api.anthropic.com/v1",
  headers: { "anthropic-version": "2023-06-01" },
  auth: [
    {
      id: "api-key",
      type: "api-key",
      label: "API key",
      help: "Console → Settings → API keys.",
      name: "x-api-key",
      fields: { apiKey: { label: "API key", type: "password", placeholder: "sk-ant-…" } },
    },
  ],
  verification: { path: "/models", reason: "error.message" },
  policy: { retry: { statuses: [429, 500, 502, 503, 504, 529] } },
  pagination: { type: "cursor", items: "data", cursor: "last_id", param: "after_id", more: "has_more" },
  actions,
});
