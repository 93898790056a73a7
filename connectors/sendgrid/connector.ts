import { copies, remembered } from "#connectors/sources.ts";
import { defineConnector } from "#sdk/connector/define.ts";
import { actions } from "./actions.ts";

export const connector = defineConnector({
  slug: "sendgrid",
  name: "SendGrid",
  description: "E-mail sending and contacts in SendGrid.",
  domain: "sendgrid.com",
  visibility: "public",
  categories: ["email"],
  sources: [
    ...copies(
      "https://www.twilio.com/docs/sendgrid/api-reference/how-to-use-the-sendgrid-v3-api/rate-limits",
      "https://github.com/twilio/sendgrid-oai/blob/main/spec/json/tsg_mail_v3.json",
      "https://github.com/twilio/sendgrid-oai/blob/main/spec/json/tsg_mc_contacts_v3.json",
      "https://github.com/twilio/sendgrid-oai/blob/main/spec/json/tsg_templates_v3.json",
      "https://github.com/twilio/sendgrid-oai/blob/main/spec/json/tsg_suppressions_v3.json",
      "https://github.com/twilio/sendgrid-oai/blob/main/spec/json/tsg_scopes_v3.json",
    ),
    ...remembered(
      "https://www.twilio.com/docs/sendgrid/api-reference/how-to-use-the-sendgrid-v3-api/authentication",
    ),
  ],
  fields: {
    apiHost: {
      label: "Region",
      format: "hostname",
      default: "api.sendgrid.com",
      options: [
        { value: "api.sendgrid.com", label: "Global" },
        { value: "api.eu.sendgrid.com", label: "Europe (subusers there; without marketing contacts)" },
      ],
    },
  },
  hosts: ["{apiHost}"],
  baseUrl: "https://{apiHost}/v3",
  auth: [
    {
      id: "api-key",
      type: "bearer",
      label: "API key",
      help: "Settings → API Keys. Restricted access is enough.",
      token: "{apiKey}",
      fields: { apiKey: { label: "API key", type: "password", placeholder: "SG.…" } },
    },
  ],
  verification: { path: "/scopes", reason: "errors.0.message" },
  policy: { retry: { reset: "x-ratelimit-reset" } },
  actions,
});
