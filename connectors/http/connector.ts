import { copies, remembered } from "#connectors/sources.ts";
import { defineConnector } from "#sdk/connector/define.ts";
import { actions } from "./actions.ts";

/** Any HTTP API of one host, for what has no connector of its own. */
export const connector = defineConnector({
  slug: "http",
  name: "HTTP API",
  description:
    "Any HTTP API of one host, with a key, a token, or a user name and password. For APIs that have no connector of their own.",
  visibility: "public",
  categories: ["developer-tools"],
  sources: [
    ...copies("https://www.rfc-editor.org/rfc/rfc9110", "https://www.rfc-editor.org/rfc/rfc7617"),
    ...remembered("https://www.rfc-editor.org/rfc/rfc6750"),
  ],
  fields: {
    host: {
      label: "Host",
      description: "The API's host name, without https:// and without a path.",
      placeholder: "api.example.com",
      format: "hostname",
    },
  },
  hosts: ["{host}"],
  baseUrl: "https://{host}",
  auth: [
    { id: "bearer", type: "bearer", label: "Bearer token" },
    { id: "basic", type: "basic", label: "User name and password" },
    {
      id: "api-key",
      type: "api-key",
      label: "API key in the header X-API-Key",
      name: "X-API-Key",
    },
    { id: "none", type: "none", label: "No authentication" },
  ],
  actions,
});
