import { defineConnector } from "#sdk/connector/define.ts";
import { actions } from "./actions.ts";

export const connector = defineConnector({
  slug: "openai",
  name: "OpenAI",
  description: "Text, embeddings and images by OpenAI's models.",
  domain: "openai.com",
  visibility: "public",
  categories: ["ai"],
  sources: [
    { url: "https://platform.openai.com/docs/api-reference/authentication", read: "2026-11-22" },
    { url: "https://platform.openai.com/docs/guides/rate-limits", read: "2026-11-22" },
  ],
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
