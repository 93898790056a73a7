import { copies, remembered } from "#connectors/sources.ts";
import { defineConnector } from "#sdk/connector/define.ts";
import { actions } from "./actions.ts";

export const connector = defineConnector({
  slug: "zoho-crm",
  name: "Zoho CRM",
  description: "Leads, contacts and deals in Zoho CRM, in any of its data centres.",
  domain: "zoho.com",
  visibility: "public",
  categories: ["crm"],
  sources: [
    ...copies(
      "https://www.zoho.com/crm/developer/docs/api/v8/token-validity.html",
      "https://help.zoho.com/portal/en/community/topic/kaizen-43-tokens-and-limitations",
      "https://www.zoho.com/crm/developer/docs/api/v8/multi-dc.html",
      "https://zoho.com/accounts/protocol/oauth/multi-dc.html",
      "https://zoho.com/accounts/protocol/oauth/multi-dc/client-authorization.html",
      "https://github.com/zoho/crm-oas/tree/main/v8.0",
      "https://github.com/zoho/zohocrm-nodejs-sdk-8.0/tree/master/lib",
    ),
    ...remembered("https://www.zoho.com/crm/developer/docs/api/v8/auth-request.html"),
  ],
  hosts: [
    "accounts.zoho.com",
    "accounts.zoho.eu",
    "accounts.zoho.in",
    "accounts.zoho.com.au",
    "accounts.zoho.jp",
    "accounts.zohocloud.ca",
    "accounts.zoho.sa",
    "www.zohoapis.com",
    "www.zohoapis.eu",
    "www.zohoapis.in",
    "www.zohoapis.com.au",
    "www.zohoapis.jp",
    "www.zohoapis.ca",
    "www.zohoapis.sa",
  ],
  baseUrl: "{token.api_domain}/crm/v8",
  auth: [
    {
      id: "oauth",
      type: "oauth2",
      label: "Sign in with Zoho",
      authorizeUrl: "https://accounts.zoho.com/oauth/v2/auth",
      // The account's own data centre is told in the callback.
      tokenUrl: "{callback.accounts-server}/oauth/v2/token",
      revokeUrl: "{callback.accounts-server}/oauth/v2/token/revoke",
      pkce: "forbidden",
      authorizeParams: { access_type: "offline", prompt: "consent" },
      scopes: {
        separator: ",",
        available: {
          "ZohoCRM.modules.ALL": "Read and write records.",
          "ZohoCRM.settings.READ": "Read modules and fields.",
          "ZohoCRM.users.READ": "Read people.",
          "ZohoCRM.org.READ": "Read the organization.",
        },
        default: ["ZohoCRM.modules.ALL", "ZohoCRM.settings.READ", "ZohoCRM.users.READ", "ZohoCRM.org.READ"],
      },
      callback: { keep: ["accounts-server"] },
      // Errors come with status 200.
      response: {
        expiry: { missing: 3_600 },
        keep: { api_domain: "api_domain" },
        invalidGrant: ["invalid_code"],
        invalidClient: ["invalid_client"],
      },
      refresh: { rotation: "never", quota: { requests: 10, per: 600, of: "connection" } },
      carry: { headers: { authorization: "Zoho-oauthtoken {accessToken}" } },
    },
  ],
  verification: {
    path: "/org",
    reason: "message",
    account: { id: "org.0.zgid", name: "org.0.company_name" },
  },
  expired: [{ status: [401] }, { path: "code", equals: "INVALID_TOKEN" }],
  policy: { concurrency: 5 },
  pagination: { type: "page", items: "data", param: "page", limitParam: "per_page", limit: 200 },
  actions,
});
