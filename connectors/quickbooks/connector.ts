import { days } from "#connectors/days.ts";
import { copies, remembered } from "#connectors/sources.ts";
import { defineConnector } from "#sdk/connector/define.ts";
import { actions } from "./actions.ts";

export const connector = defineConnector({
  slug: "quickbooks",
  name: "QuickBooks Online",
  description: "Invoices, customers, payments and reports of a QuickBooks Online company.",
  domain: "intuit.com",
  visibility: "public",
  categories: ["accounting"],
  sources: [
    ...copies(
      "https://developer.intuit.com/app/developer/qbo/docs/develop/authentication-and-authorization/oauth-2.0",
      "https://developer.intuit.com/app/developer/qbo/docs/develop/authentication-and-authorization/faq",
      "https://developer.intuit.com/app/developer/qbo/docs/learn/rest-api-features",
      "https://developer.intuit.com/app/developer/qbo/docs/learn/limits-and-throttles",
      "https://github.com/intuit/oauth-jsclient/blob/master/src/OAuthClient.js",
      "https://github.com/intuit/QuickBooks-V3-Java-SDK/releases/tag/v6.5.4",
    ),
    ...remembered("https://developer.intuit.com/app/developer/qbo/docs/api/accounting/all-entities/invoice"),
  ],
  fields: {
    server: {
      label: "Company",
      format: "label",
      default: "quickbooks",
      options: [
        { value: "quickbooks", label: "Real company" },
        { value: "sandbox-quickbooks", label: "Sandbox company" },
      ],
    },
  },
  hosts: [
    "{server}.api.intuit.com",
    "appcenter.intuit.com",
    "oauth.platform.intuit.com",
    "developer.api.intuit.com",
  ],
  baseUrl: "https://{server}.api.intuit.com/v3/company/{callback.realmId}",
  headers: { accept: "application/json" },
  auth: [
    {
      id: "oauth",
      type: "oauth2",
      label: "Sign in with Intuit",
      authorizeUrl: "https://appcenter.intuit.com/connect/oauth2",
      tokenUrl: "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",
      revokeUrl: "https://developer.api.intuit.com/v2/oauth2/tokens/revoke",
      clientAuth: "basic",
      pkce: "forbidden",
      scopes: {
        available: { "com.intuit.quickbooks.accounting": "Read and write the company's books." },
        default: ["com.intuit.quickbooks.accounting"],
      },
      callback: { keep: ["realmId"] },
      response: { expiry: { missing: 3_600 }, refreshExpiresIn: "x_refresh_token_expires_in" },
      // A new refresh token comes about once a day; each ends after 100 idle days, and all after five years.
      refresh: { rotation: "sometimes", idleLifetime: days(100), absoluteLifetime: days(5 * 365) },
    },
  ],
  verification: {
    path: "/companyinfo/{callback.realmId}",
    reason: "Fault.Error.0.Message",
    account: { id: "{callback.realmId}", name: "CompanyInfo.CompanyName" },
  },
  // At most 10 requests a second, and 500 a minute.
  policy: { rate: { requests: 8, per: 1 }, concurrency: 10 },
  actions,
});
