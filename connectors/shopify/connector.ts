import { days } from "#connectors/days.ts";
import { copies, remembered } from "#connectors/sources.ts";
import { defineConnector } from "#sdk/connector/define.ts";
import { actions } from "./actions.ts";

export const connector = defineConnector({
  slug: "shopify",
  name: "Shopify",
  description: "Products, orders and customers of a Shopify store, by the GraphQL Admin API.",
  domain: "shopify.com",
  visibility: "public",
  categories: ["commerce"],
  sources: [
    ...copies(
      "https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/offline-access-tokens",
      "https://shopify.dev/changelog/offline-access-tokens-now-support-expiry-and-refresh",
      "https://shopify.dev/changelog/more-resilient-refreshes-for-expiring-offline-access-tokens",
      "https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant",
      "https://shopify.dev/docs/apps/build/apis/graphql-admin/rate-limits",
      "https://github.com/Shopify/shopify-app-js/tree/main/packages/apps/shopify-api/lib/auth/oauth",
    ),
    ...remembered("https://shopify.dev/docs/api/admin-graphql"),
  ],
  fields: {
    shop: {
      label: "Store",
      description: "The part of the store's address before .myshopify.com.",
      placeholder: "my-store",
      format: "label",
    },
  },
  hosts: ["{shop}.myshopify.com"],
  baseUrl: "https://{shop}.myshopify.com/admin/api/2026-07",
  headers: { "content-type": "application/json" },
  auth: [
    {
      id: "oauth",
      type: "oauth2",
      label: "Install the app",
      authorizeUrl: "https://{shop}.myshopify.com/admin/oauth/authorize",
      tokenUrl: "https://{shop}.myshopify.com/admin/oauth/access_token",
      pkce: "forbidden",
      scopes: {
        separator: ",",
        available: {
          read_products: "Read products.",
          write_products: "Write products.",
          read_orders: "Read orders of the last 60 days.",
          write_orders: "Write orders.",
          read_customers: "Read customers.",
          write_customers: "Write customers.",
        },
        default: ["read_products", "read_orders", "read_customers"],
      },
      // Without `expiring` the token never ends; public apps may use such tokens until the end of 2026 only.
      request: { params: { expiring: "1" } },
      response: { expiry: { missing: 3_600 }, refreshExpiresIn: "refresh_token_expires_in" },
      // A spent refresh token works until what replaced it is used; Shopify names no time, the hour is a guess.
      refresh: { request: { params: {} }, rotation: "always", grace: 3_600, idleLifetime: days(90) },
      carry: { headers: { "x-shopify-access-token": "{accessToken}" } },
    },
    {
      id: "token",
      type: "api-key",
      label: "Admin API access token",
      help: "Of a custom app of the store.",
      name: "x-shopify-access-token",
      fields: { apiKey: { label: "Access token", type: "password", placeholder: "shpat_…" } },
    },
  ],
  verification: {
    method: "POST",
    path: "/graphql.json",
    body: '{"query":"{ shop { id name } }"}',
    failed: [{ path: "errors" }],
    reason: "errors.0.message",
    account: { id: "data.shop.id", name: "data.shop.name" },
  },
  failed: [{ path: "errors" }],
  policy: { retry: { limited: [{ path: "errors.0.extensions.code", equals: "THROTTLED" }] } },
  actions,
});
