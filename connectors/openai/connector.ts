import { copies } from "#connectors/sources.ts";
import { defineConnector } from "#sdk/connector/define.ts";
import { actions } from "./actions.ts";

export const connector = defineConnector({
  slug: "openai",
  name: "OpenAI",
  description: "Text, embeddings and images by OpenAI's models.",
  domain: "openai.com",
  visibility: "public",
  categories: ["ai"],
  sources: copies(
    "https://developers.openai.com/api/reference/overview",
    "https://github.com/openai/openai-openapi/blob/main/openapi.json",
  ),
  hosts: ["api.openai.com"],
  baseUrl: "https://api.openai.com/v1",
  auth: [
    {
      id: "api-key",
      type: "bearer",
      label: "API key",
      help: "Create a key at platform.openai.com, under API keys.",
      token: "{apiKey}",
      fields: { apiKey: { label: "API key", type: "password", placeholder: "sk-…" } },
    },
  ],
  verification: { path: "/models", reason: "error.message" },
  pagination: { type: "cursor", items: "data", cursor: "last_id", param: "after", more: "has_more" },
  actions,
});
