import { copies, remembered } from "#connectors/sources.ts";
import { defineConnector } from "#sdk/connector/define.ts";
import { actions } from "./actions.ts";

export const connector = defineConnector({
  slug: "stripe",
  name: "Stripe",
  description: "Customers, payments, invoices and subscriptions in Stripe.",
  domain: "stripe.com",
  visibility: "public",
  categories: ["payments"],
  sources: [
    ...copies(
      "https://docs.stripe.com/rate-limits",
      "https://github.com/stripe/openapi/blob/master/openapi/spec3.yaml",
    ),
    ...remembered("https://docs.stripe.com/api/authentication", "https://docs.stripe.com/keys"),
  ],
  hosts: ["api.stripe.com"],
  baseUrl: "https://api.stripe.com/v1",
  auth: [
    {
      id: "api-key",
      type: "bearer",
      label: "Secret or restricted key",
      help: "Dashboard → Developers → API keys. A restricted key with just the needed rights is safer; it must also read accounts, by which it is tested.",
      token: "{apiKey}",
      fields: {
        apiKey: {
          label: "API key",
          type: "password",
          placeholder: "rk_live_…",
          pattern: "(sk|rk)_(live|test)_[A-Za-z0-9]+",
          patternHint: "must begin with sk_live_, rk_live_, sk_test_ or rk_test_",
        },
      },
    },
  ],
  verification: {
    path: "/account",
    reason: "error.message",
    account: { id: "id", name: "settings.dashboard.display_name" },
  },
  policy: { rate: { requests: 25, per: 1 }, retry: { statuses: [409, 429, 500, 502, 503, 504] } },
  pagination: {
    type: "cursor",
    items: "data",
    cursor: "data.-1.id",
    param: "starting_after",
    more: "has_more",
  },
  actions,
});
