import { days } from "#connectors/days.ts";
import { copies, remembered } from "#connectors/sources.ts";
import { defineConnector } from "#sdk/connector/define.ts";
import { actions } from "./actions.ts";

export const connector = defineConnector({
  slug: "exact-online",
  name: "Exact Online",
  description: "Accounts, invoices and journals in Exact Online.",
  domain: "exactonline.com",
  visibility: "public",
  categories: ["accounting"],
  sources: [
    ...copies("https://github.com/exactonline/exactonline-api-dotnet-client"),
    ...remembered(
      "https://support.exactonline.com/community/s/knowledge-base#All-All-DNO-Content-oauth-eol-oauth-devstep1",
      "https://support.exactonline.com/community/s/knowledge-base#All-All-DNO-Simulation-gen-apilimits",
      "https://start.exactonline.nl/docs/HlpRestAPIResources.aspx",
    ),
  ],
  fields: {
    host: {
      label: "Country",
      format: "hostname",
      default: "start.exactonline.nl",
      options: [
        { value: "start.exactonline.nl", label: "Netherlands" },
        { value: "start.exactonline.be", label: "Belgium" },
        { value: "start.exactonline.de", label: "Germany" },
        { value: "start.exactonline.fr", label: "France" },
        { value: "start.exactonline.es", label: "Spain" },
        { value: "start.exactonline.co.uk", label: "United Kingdom" },
      ],
    },
  },
  hosts: ["{host}"],
  baseUrl: "https://{host}/api/v1",
  headers: { accept: "application/json" },
  auth: [
    {
      id: "oauth",
      type: "oauth2",
      label: "Sign in with Exact Online",
      authorizeUrl: "https://{host}/api/oauth2/auth",
      tokenUrl: "https://{host}/api/oauth2/token",
      pkce: "forbidden",
      // The lifetime comes as text; a renewal is refused until about half a minute before the end.
      response: { expiry: { missing: 600 } },
      refresh: { rotation: "always", margin: 30, notBefore: 30, idleLifetime: days(30) },
    },
  ],
  verification: {
    path: "/current/Me",
    reason: "error.message.value",
    account: { id: "d.results.0.UserID", name: "d.results.0.FullName" },
  },
  policy: { rate: { requests: 60, per: 60 }, retry: { reset: "x-ratelimit-minutely-reset" } },
  pagination: { type: "link", items: "d.results", path: "d.__next" },
  actions,
});
