import { integer, object, optional, record, text } from "#connectors/json-schema.ts";
import type { ActionInput } from "#sdk/connector/action.ts";

const reference = "https://shopify.dev/docs/api/admin-graphql/latest";
const first = optional(integer("How many a page holds.", { maximum: 250 }));
const query = optional(text("A search, such as status:active or created_at:>2026-01-01."));
const id = (what: string) => text(`The id of the ${what}, such as gid://shopify/Product/1.`);
const input = (what: string) => record(`Parts of the ${what}, as its input type names them.`);
const common = { method: "POST", path: "/graphql.json", wrap: "variables" } as const;

function pages(connection: string) {
  return {
    type: "cursor",
    items: `data.${connection}.nodes`,
    cursor: `data.${connection}.pageInfo.endCursor`,
    more: `data.${connection}.pageInfo.hasNextPage`,
    param: "after",
    in: "body",
  } as const;
}

function listing(connection: string, fields: string): string {
  return `query($first: Int = 50, $after: String, $query: String) { ${connection}(first: $first, after: $after, query: $query) { nodes { ${fields} } pageInfo { hasNextPage endCursor } } }`;
}

export const actions: ActionInput[] = [
  {
    slug: "list-products",
    name: "List products",
    description: "Lists or searches products.",
    input: object({ first, query }),
    idempotent: true,
    scopes: ["read_products"],
    source: `${reference}/queries/products`,
    http: {
      ...common,
      fixed: {
        query: listing("products", "id title handle status vendor productType totalInventory updatedAt"),
      },
      pagination: pages("products"),
    },
  },
  {
    slug: "get-product",
    name: "Get a product",
    description: "Reads a product with its variants.",
    input: object({ id: id("product") }),
    idempotent: true,
    scopes: ["read_products"],
    source: `${reference}/queries/product`,
    http: {
      ...common,
      fixed: {
        query:
          "query($id: ID!) { product(id: $id) { id title descriptionHtml status variants(first: 100) { nodes { id sku price inventoryQuantity } } } }",
      },
      result: "data.product",
    },
  },
  {
    slug: "create-product",
    name: "Create a product",
    description: "Creates a product.",
    input: object({ product: input("product") }),
    scopes: ["write_products"],
    source: `${reference}/mutations/productCreate`,
    http: {
      ...common,
      fixed: {
        query:
          "mutation($product: ProductCreateInput!) { productCreate(product: $product) { product { id handle } userErrors { field message } } }",
      },
      result: "data.productCreate",
    },
  },
  {
    slug: "list-orders",
    name: "List orders",
    description: "Lists or searches orders.",
    input: object({ first, query }),
    idempotent: true,
    scopes: ["read_orders"],
    source: `${reference}/queries/orders`,
    http: {
      ...common,
      fixed: {
        query: listing(
          "orders",
          "id name createdAt displayFinancialStatus displayFulfillmentStatus totalPriceSet { shopMoney { amount currencyCode } }",
        ),
      },
      pagination: pages("orders"),
    },
  },
  {
    slug: "get-order",
    name: "Get an order",
    description: "Reads an order with its lines.",
    input: object({ id: id("order") }),
    idempotent: true,
    scopes: ["read_orders"],
    source: `${reference}/queries/order`,
    http: {
      ...common,
      fixed: {
        query:
          "query($id: ID!) { order(id: $id) { id name createdAt lineItems(first: 100) { nodes { title quantity sku } } totalPriceSet { shopMoney { amount currencyCode } } } }",
      },
      result: "data.order",
    },
  },
  {
    slug: "list-customers",
    name: "List customers",
    description: "Lists or searches customers.",
    input: object({ first, query }),
    idempotent: true,
    scopes: ["read_customers"],
    source: `${reference}/queries/customers`,
    http: {
      ...common,
      fixed: { query: listing("customers", "id displayName numberOfOrders createdAt") },
      pagination: pages("customers"),
    },
  },
];
