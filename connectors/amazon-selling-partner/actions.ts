import { list, object, optional, text } from "#connectors/json-schema.ts";
import type { ActionInput } from "#sdk/connector/action.ts";

const docs = "https://developer-docs.amazon.com/sp-api/docs";
const marketplaces = list("The marketplaces' ids.", { type: "string" }, { minItems: 1 });
const comma = { in: "query", list: "comma" } as const;

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
    description: "Lists orders of marketplaces.",
    input: object({
      MarketplaceIds: marketplaces,
      CreatedAfter: optional(
        text("Only made after this time (ISO 8601); this or LastUpdatedAfter is needed."),
      ),
      LastUpdatedAfter: optional(text("Only changed after this time (ISO 8601).")),
      OrderStatuses: optional(list("Only in these states.", { type: "string" })),
    }),
    source: `${docs}/orders-api-v0-reference`,
    http: {
      method: "GET",
      path: "/orders/v0/orders",
      params: { MarketplaceIds: comma, OrderStatuses: comma },
      pagination: {
        type: "cursor",
        items: "payload.Orders",
        cursor: "payload.NextToken",
        param: "NextToken",
      },
    },
  },
  {
    slug: "get-order",
    name: "Get an order",
    description: "Reads an order.",
    input: object({ orderId: text("The order's number, 3-7-7 digits.") }),
    source: `${docs}/orders-api-v0-reference`,
    http: { method: "GET", path: "/orders/v0/orders/{orderId}", result: "payload" },
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
