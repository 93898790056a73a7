import { integer, list, object, optional, record, text } from "#connectors/json-schema.ts";
import type { ActionInput } from "#sdk/connector/action.ts";

const reference = "https://developers.hubspot.com/docs/api-reference";
const pages = { type: "cursor", items: "results", cursor: "paging.next.after", param: "after" } as const;
const properties = record("Values by property name, such as email, firstname, dealstage.", {
  type: "string",
});
const limit = optional(integer("How many a page holds.", { maximum: 100 }));
const wanted = optional(list("Which properties are returned.", { type: "string" }));
const listed = { properties: { in: "query", list: "comma" } } as const;

export const actions: ActionInput[] = [
  {
    slug: "list-contacts",
    name: "List contacts",
    description: "Lists contacts.",
    input: object({ limit, properties: wanted }),
    scopes: ["crm.objects.contacts.read"],
    source: `${reference}/crm-contacts-v3/guide`,
    http: { method: "GET", path: "/crm/v3/objects/contacts", params: listed, pagination: pages },
  },
  {
    slug: "get-contact",
    name: "Get a contact",
    description: "Reads a contact by its id.",
    input: object({ contactId: text("The contact's id."), properties: wanted }),
    scopes: ["crm.objects.contacts.read"],
    source: `${reference}/crm-contacts-v3/guide`,
    http: { method: "GET", path: "/crm/v3/objects/contacts/{contactId}", params: listed },
  },
  {
    slug: "create-contact",
    name: "Create a contact",
    description: "Creates a contact.",
    input: object({ properties }),
    scopes: ["crm.objects.contacts.write"],
    source: `${reference}/crm-contacts-v3/guide`,
    http: { method: "POST", path: "/crm/v3/objects/contacts" },
  },
  {
    slug: "update-contact",
    name: "Change a contact",
    description: "Changes the given properties of a contact.",
    input: object({ contactId: text("The contact's id."), properties }),
    idempotent: true,
    scopes: ["crm.objects.contacts.write"],
    source: `${reference}/crm-contacts-v3/guide`,
    http: { method: "PATCH", path: "/crm/v3/objects/contacts/{contactId}" },
  },
  {
    slug: "search-contacts",
    name: "Search contacts",
    description: "Finds contacts by words or by filters.",
    input: object({
      query: optional(text("Words to search for.")),
      filterGroups: optional(list("Groups of filters, of which one must hold.", { type: "object" })),
      properties: wanted,
      limit: optional(integer("How many a page holds.", { maximum: 200 })),
    }),
    idempotent: true,
    scopes: ["crm.objects.contacts.read"],
    source: `${reference}/crm-search-v3/guide`,
    http: { method: "POST", path: "/crm/v3/objects/contacts/search", pagination: { ...pages, in: "body" } },
  },
  {
    slug: "create-company",
    name: "Create a company",
    description: "Creates a company.",
    input: object({ properties }),
    scopes: ["crm.objects.companies.write"],
    source: `${reference}/crm-companies-v3/guide`,
    http: { method: "POST", path: "/crm/v3/objects/companies" },
  },
  {
    slug: "list-deals",
    name: "List deals",
    description: "Lists deals.",
    input: object({ limit, properties: wanted }),
    scopes: ["crm.objects.deals.read"],
    source: `${reference}/crm-deals-v3/guide`,
    http: { method: "GET", path: "/crm/v3/objects/deals", params: listed, pagination: pages },
  },
  {
    slug: "create-deal",
    name: "Create a deal",
    description: "Creates a deal.",
    input: object({ properties, associations: optional(list("What it belongs to.", { type: "object" })) }),
    scopes: ["crm.objects.deals.write"],
    source: `${reference}/crm-deals-v3/guide`,
    http: { method: "POST", path: "/crm/v3/objects/deals" },
  },
];
