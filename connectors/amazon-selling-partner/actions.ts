import { integer, list, object, optional, text } from "#connectors/json-schema.ts";
import type { ActionInput } from "#sdk/connector/action.ts";

const docs = "https://developer-docs.amazon.com/sp-api/docs";
const marketplaces = list("The marketplaces' ids.", { type: "string" }, { minItems: 1 });
const comma = { in: "query", list: "comma" } as const;
const orders =
  "https://github.com/amzn/selling-partner-api-models/blob/main/models/orders-api-model/orders_2026-01-01.json";
const includedData = optional(
  list("Parts that are returned besides.", {
    type: "string",
    enum: [
      "BUYER",
      "RECIPIENT",
      "PROCEEDS",
      "EXPENSE",
      "PROMOTION",
      "CANCELLATION",
      "FULFILLMENT",
      "PACKAGES",
      "TAX",
      "PAYMENT",
      "FULFILLMENT_ORDERS",
    ],
  }),
);

export const actions: ActionInput[] = [
  {
    slug: "list-marketplaces",
    name: "List marketplaces",
    description: "Lists the marketplaces that the seller sells in.",
    input: object({}),
    source: `${docs}/sellers-api-v1-reference`,
    http: { method: "GET", path: "/sellers/v1/marketplaceParticipations", result: "payload" },
  },
  {
    slug: "list-orders",
    name: "List orders",
    description: "Lists orders that were made or changed since a time.",
    input: object({
      createdAfter: optional(
        text("Only made at or after this time (ISO 8601); either this or lastUpdatedAfter is needed."),
      ),
      lastUpdatedAfter: optional(text("Only changed at or after this time (ISO 8601).")),
      marketplaceIds: optional(list("Only of these marketplaces.", { type: "string" }, { maxItems: 50 })),
      fulfillmentStatuses: optional(
        list("Only in these states.", {
          type: "string",
          enum: [
            "PENDING_AVAILABILITY",
            "PENDING",
            "UNSHIPPED",
            "PARTIALLY_SHIPPED",
            "SHIPPED",
            "CANCELLED",
            "UNFULFILLABLE",
          ],
        }),
      ),
      includedData,
      maxResultsPerPage: optional(integer("How many a page holds.", { minimum: 1, maximum: 100 })),
    }),
    source: orders,
    http: {
      method: "GET",
      path: "/orders/2026-01-01/orders",
      params: { marketplaceIds: comma, fulfillmentStatuses: comma, includedData: comma },
      pagination: {
        type: "cursor",
        items: "orders",
        cursor: "pagination.nextToken",
        param: "paginationToken",
      },
    },
  },
  {
    slug: "get-order",
    name: "Get an order",
    description: "Reads an order.",
    input: object({ orderId: text("The order's number, 3-7-7 digits."), includedData }),
    source: orders,
    http: {
      method: "GET",
      path: "/orders/2026-01-01/orders/{orderId}",
      params: { includedData: comma },
      result: "order",
    },
  },
  {
    slug: "get-listing",
    name: "Get a listing",
    description: "Reads what the seller offers under a SKU.",
    input: object({
      sellerId: text("The seller's id."),
      sku: text("The SKU."),
      marketplaceIds: marketplaces,
    }),
    source: `${docs}/listings-items-api-v2021-08-01-reference`,
    http: {
      method: "GET",
      path: "/listings/2021-08-01/items/{sellerId}/{sku}",
      params: { marketplaceIds: comma },
    },
  },
];
