import { copies } from "#connectors/sources.ts";
import { defineConnector } from "#sdk/connector/define.ts";
import { actions } from "./actions.ts";

export const connector = defineConnector({
  slug: "twilio",
  name: "Twilio",
  description: "Text messages and calls by Twilio.",
  domain: "twilio.com",
  visibility: "public",
  categories: ["messaging"],
  sources: copies(
    "https://www.twilio.com/docs/usage/requests-to-twilio",
    "https://www.twilio.com/docs/usage/twilios-response",
    "https://github.com/twilio/twilio-oai/blob/main/spec/json/twilio_api_v2010.json",
  ),
  fields: {
    accountSid: {
      label: "Account SID",
      placeholder: "AC…",
      pattern: "AC[0-9a-f]{32}",
      patternHint: "must be AC and 32 digits from 0 to f",
    },
  },
  hosts: ["api.twilio.com"],
  baseUrl: "https://api.twilio.com/2010-04-01/Accounts/{accountSid}",
  auth: [
    {
      id: "api-key",
      type: "basic",
      label: "API key",
      help: "Console → Account → API keys. Can be revoked alone, unlike the auth token.",
      username: "{keySid}",
      password: "{keySecret}",
      fields: {
        keySid: { label: "Key SID", placeholder: "SK…" },
        keySecret: { label: "Key secret", type: "password" },
      },
    },
    {
      id: "auth-token",
      type: "basic",
      label: "Auth token",
      username: "{accountSid}",
      password: "{authToken}",
      fields: { authToken: { label: "Auth token", type: "password" } },
    },
  ],
  verification: { path: "/Balance.json", reason: "message", account: { id: "account_sid" } },
  pagination: { type: "link", path: "next_page_uri" },
  actions,
});
