import { answer, choice, integer, object, optional, text } from "#connectors/json-schema.ts";
import type { ActionInput } from "#sdk/connector/action.ts";

const reference = "https://docs.stripe.com/api";
const pages = {
  type: "cursor",
  items: "data",
  cursor: "data.-1.id",
  param: "starting_after",
  more: "has_more",
} as const;
const limit = optional(integer("How many a page holds.", { maximum: 100 }));
const customer = text("The customer's id, cus_…");
const amount = integer("The amount in the currency's smallest unit: 1000 is 10.00 USD.");
const currency = text("The currency's three letters, lower case.");
const key = optional(text("Stays the same when the request is repeated, so that it is done once."));
const once = { idempotency_key: { in: "header", as: "idempotency-key" } } as const;

export const actions: ActionInput[] = [
  {
    slug: "list-customers",
    name: "List customers",
    description: "Lists customers, newest first.",
    input: object({ email: optional(text("Only with this address.")), limit }),
    source: `${reference}/customers/list`,
    http: { method: "GET", path: "/customers", pagination: pages },
  },
  {
    slug: "create-customer",
    name: "Create a customer",
    description: "Creates a customer.",
    input: object({
      email: optional(text("The address.")),
      name: optional(text("The name.")),
      phone: optional(text("The phone number.")),
      description: optional(text("A note.")),
      idempotency_key: key,
    }),
    output: answer({ id: { type: "string" } }),
    source: `${reference}/customers/create`,
    http: { method: "POST", path: "/customers", body: "form", params: once },
  },
  {
    slug: "create-payment-intent",
    name: "Create a payment",
    description: "Begins a payment.",
    input: object({
      amount,
      currency,
      customer: optional(customer),
      description: optional(text("A note.")),
      receipt_email: optional(text("Where the receipt goes.")),
      idempotency_key: key,
    }),
    source: `${reference}/payment_intents/create`,
    http: { method: "POST", path: "/payment_intents", body: "form", params: once },
  },
  {
    slug: "create-refund",
    name: "Refund a payment",
    description: "Refunds a payment, or a part of it.",
    input: object({
      payment_intent: text("The payment's id, pi_…"),
      amount: optional(amount),
      reason: optional(choice("Why.", ["duplicate", "fraudulent", "requested_by_customer"])),
      idempotency_key: key,
    }),
    source: `${reference}/refunds/create`,
    http: { method: "POST", path: "/refunds", body: "form", params: once },
  },
  {
    slug: "list-invoices",
    name: "List invoices",
    description: "Lists invoices, newest first.",
    input: object({
      customer: optional(customer),
      status: optional(choice("Only in this state.", ["draft", "open", "paid", "uncollectible", "void"])),
      limit,
    }),
    source: `${reference}/invoices/list`,
    http: { method: "GET", path: "/invoices", pagination: pages },
  },
  {
    slug: "create-invoice-item",
    name: "Add a line to an invoice",
    description: "Adds a line to the customer's next invoice, or to a draft.",
    input: object({
      customer,
      amount: optional(amount),
      currency: optional(currency),
      description: optional(text("What it is for.")),
      invoice: optional(text("The draft, in_…")),
      idempotency_key: key,
    }),
    source: `${reference}/invoiceitems/create`,
    http: { method: "POST", path: "/invoiceitems", body: "form", params: once },
  },
  {
    slug: "list-subscriptions",
    name: "List subscriptions",
    description: "Lists subscriptions that are not cancelled.",
    input: object({ customer: optional(customer), limit }),
    source: `${reference}/subscriptions/list`,
    http: { method: "GET", path: "/subscriptions", pagination: pages },
  },
  {
    slug: "search-charges",
    name: "Search charges",
    description: "Finds charges by a query.",
    input: object({ query: text("Such as amount>999 AND currency:'usd'."), limit }),
    source: `${reference}/charges/search`,
    http: {
      method: "GET",
      path: "/charges/search",
      pagination: { type: "cursor", items: "data", cursor: "next_page", param: "page", more: "has_more" },
    },
  },
];
