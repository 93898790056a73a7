import { list, object, optional, text } from "#connectors/json-schema.ts";
import type { ActionInput } from "#sdk/connector/action.ts";

const reference = "https://developer.xero.com/documentation/api/accounting";
const where = optional(text('A filter, such as Status=="AUTHORISED".'));
const since = optional(text("Only changed after this time (HTTP date)."));
const changed = { modifiedSince: { in: "header", as: "if-modified-since" } } as const;
const key = optional(text("Stays the same when the request is repeated, so that it is done once."));
const once = { idempotencyKey: { in: "header", as: "idempotency-key" } } as const;
const pages = (items: string) =>
  ({ type: "page", items, param: "page", limitParam: "pageSize", limit: 100 }) as const;
const many = (what: string) => list(`The ${what}.`, { type: "object" }, { minItems: 1, maxItems: 50 });

export const actions: ActionInput[] = [
  {
    slug: "list-invoices",
    name: "List invoices",
    description: "Lists invoices and bills.",
    input: object({ where, modifiedSince: since, order: optional(text("An order, such as Date DESC.")) }),
    scopes: ["accounting.invoices"],
    source: `${reference}/invoices`,
    http: {
      method: "GET",
      path: "/Invoices",
      params: { ...changed, where: { in: "query" } },
      pagination: pages("Invoices"),
    },
  },
  {
    slug: "get-invoice",
    name: "Get an invoice",
    description: "Reads an invoice with its lines.",
    input: object({ invoiceId: text("The invoice's id or number.") }),
    scopes: ["accounting.invoices"],
    source: `${reference}/invoices`,
    http: { method: "GET", path: "/Invoices/{invoiceId}", result: "Invoices.0" },
  },
  {
    slug: "create-invoices",
    name: "Create invoices",
    description: "Creates invoices or bills.",
    input: object({ Invoices: many("invoices"), idempotencyKey: key }),
    scopes: ["accounting.invoices"],
    source: `${reference}/invoices`,
    http: { method: "PUT", path: "/Invoices", params: once, result: "Invoices" },
    idempotent: false,
  },
  {
    slug: "list-contacts",
    name: "List contacts",
    description: "Lists customers and suppliers.",
    input: object({ where, modifiedSince: since, searchTerm: optional(text("Words to search for.")) }),
    scopes: ["accounting.contacts"],
    source: `${reference}/contacts`,
    http: { method: "GET", path: "/Contacts", params: changed, pagination: pages("Contacts") },
  },
  {
    slug: "create-contacts",
    name: "Create contacts",
    description: "Creates customers or suppliers.",
    input: object({ Contacts: many("contacts"), idempotencyKey: key }),
    idempotent: false,
    scopes: ["accounting.contacts"],
    source: `${reference}/contacts`,
    http: { method: "PUT", path: "/Contacts", params: once, result: "Contacts" },
  },
  {
    slug: "create-payments",
    name: "Create payments",
    description: "Pays invoices.",
    input: object({ Payments: many("payments"), idempotencyKey: key }),
    idempotent: false,
    scopes: ["accounting.payments"],
    source: `${reference}/payments`,
    http: { method: "PUT", path: "/Payments", params: once, result: "Payments" },
  },
  {
    slug: "list-accounts",
    name: "List accounts",
    description: "Lists the chart of accounts.",
    input: object({ where }),
    scopes: ["accounting.settings"],
    source: `${reference}/accounts`,
    http: { method: "GET", path: "/Accounts", result: "Accounts" },
  },
];
