import { defineConnector } from "tenon";

/**
 * A CRM of many tenants: each has a host of its own, allows access for an hour at a time, and gives a new refresh
 * token with each renewal. Its test takes it through a connection's whole life; see `exerciseConnector`.
 */
export const connector = defineConnector({
  slug: "acme-crm",
  name: "Acme CRM",
  description: "Contacts and deals of Acme CRM.",
  domain: "acme-crm.example",
  sources: [{ url: "https://developers.acme-crm.example/oauth", read: "2026-11-22" }],
  fields: {
    tenant: {
      label: "Tenant",
      description: "The part of your address before .acme-crm.example.",
      placeholder: "my-company",
      format: "label",
    },
  },
  hosts: ["{tenant}.acme-crm.example"],
  baseUrl: "https://{tenant}.acme-crm.example/api/v2",
  auth: [
    {
      id: "oauth",
      type: "oauth2",
      label: "Sign in with Acme",
      authorizeUrl: "https://{tenant}.acme-crm.example/oauth/authorize",
      tokenUrl: "https://{tenant}.acme-crm.example/oauth/token",
      revokeUrl: "https://{tenant}.acme-crm.example/oauth/revoke",
      clientAuth: "basic",
      scopes: {
        available: {
          "contacts.read": "Read contacts.",
          "contacts.write": "Create and change contacts.",
          offline_access: "Stay connected.",
        },
        default: ["contacts.read", "contacts.write", "offline_access"],
      },
      refresh: { rotation: "always", idleLifetime: 60 * 86_400 },
    },
  ],
  verification: { path: "/me", reason: "error.message", account: { id: "account.id", name: "account.name" } },
  pagination: { type: "cursor", items: "data", cursor: "next", param: "after" },
  actions: [
    {
      slug: "get-contact",
      name: "Get a contact",
      description: "Reads one contact.",
      input: { type: "object", properties: { contactId: { type: "string" } }, required: ["contactId"] },
      http: { method: "GET", path: "/contacts/{contactId}" },
    },
  ],
});
