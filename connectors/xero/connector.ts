import { days } from "#connectors/days.ts";
import { copies, remembered } from "#connectors/sources.ts";
import { defineConnector } from "#sdk/connector/define.ts";
import { actions } from "./actions.ts";

export const connector = defineConnector({
  slug: "xero",
  name: "Xero",
  description: "Invoices, contacts, payments and accounts of a Xero organisation.",
  domain: "xero.com",
  visibility: "public",
  categories: ["accounting"],
  sources: [
    ...copies(
      "https://developer.xero.com/faq/oauth2",
      "https://developer.xero.com/faq/limits",
      "https://developer.xero.com/documentation/guides/oauth2/scopes",
      "https://github.com/XeroAPI/Xero-OpenAPI/blob/master/xero_accounting.yaml",
      "https://github.com/XeroAPI/Xero-OpenAPI/blob/master/xero-identity.yaml",
    ),
    ...remembered("https://developer.xero.com/documentation/guides/oauth2/auth-flow"),
  ],
  hosts: ["api.xero.com", "identity.xero.com", "login.xero.com"],
  baseUrl: "https://api.xero.com/api.xro/2.0",
  headers: { accept: "application/json", "xero-tenant-id": "{token.tenantId}" },
  auth: [
    {
      id: "oauth",
      type: "oauth2",
      label: "Sign in with Xero",
      description: "Choose one organisation: a connection belongs to the first one that was chosen.",
      authorizeUrl: "https://login.xero.com/identity/connect/authorize",
      tokenUrl: "https://identity.xero.com/connect/token",
      revokeUrl: "https://identity.xero.com/connect/revocation",
      clientAuth: "basic",
      pkce: "optional",
      scopes: {
        available: {
          offline_access: "Stay connected.",
          openid: "Who the account is.",
          "accounting.invoices": "Read and write invoices, credit notes, quotes, purchase orders and items.",
          "accounting.payments": "Read and write payments, prepayments and overpayments.",
          "accounting.banktransactions": "Read and write bank transactions and transfers.",
          "accounting.manualjournals": "Read and write manual journals.",
          "accounting.contacts": "Read and write contacts.",
          "accounting.settings": "Read and write accounts, tax rates and organisation settings.",
          "accounting.transactions":
            "The older, wider scope of apps made before March 2026; until September 2027.",
        },
        default: [
          "offline_access",
          "openid",
          "accounting.invoices",
          "accounting.payments",
          "accounting.contacts",
          "accounting.settings",
        ],
      },
      response: { expiry: { missing: 1_800 } },
      lookup: { url: "https://api.xero.com/connections", keep: { tenantId: "0.tenantId" } },
      refresh: { rotation: "always", grace: 1_800, idleLifetime: days(60) },
    },
  ],
  verification: {
    baseUrl: "https://api.xero.com",
    path: "/connections",
    reason: "Detail",
    account: { id: "{token.tenantId}", name: "0.tenantName" },
  },
  policy: { rate: { requests: 60, per: 60 }, concurrency: 5 },
  pagination: { type: "page", param: "page", limitParam: "pageSize", limit: 100 },
  actions,
});
