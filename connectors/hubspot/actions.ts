import { integer, list, object, optional, record, text } from "#connectors/json-schema.ts";
import type { ActionInput } from "#sdk/connector/action.ts";

const specs = "https://github.com/HubSpot/HubSpot-public-api-spec-collection/blob/main/PublicApiSpecs/CRM";
const contacts = `${specs}/Contacts/Rollouts/424/2026-09/contacts.json`;
const companies = `${specs}/Companies/Rollouts/424/2026-09/companies.json`;
const deals = `${specs}/Deals/Rollouts/424/2026-09/deals.json`;
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
    source: contacts,
    http: { method: "GET", path: "/crm/objects/2026-09/contacts", params: listed, pagination: pages },
  },
  {
    slug: "get-contact",
    name: "Get a contact",
    description: "Reads a contact by its id.",
    input: object({ contactId: text("The contact's id."), properties: wanted }),
    scopes: ["crm.objects.contacts.read"],
    source: contacts,
    http: { method: "GET", path: "/crm/objects/2026-09/contacts/{contactId}", params: listed },
  },
  {
    slug: "create-contact",
    name: "Create a contact",
    description: "Creates a contact.",
    input: object({ properties }),
    scopes: ["crm.objects.contacts.write"],
    source: contacts,
    http: { method: "POST", path: "/crm/objects/2026-09/contacts" },
  },
  {
    slug: "update-contact",
    name: "Change a contact",
    description: "Changes the given properties of a contact.",
    input: object({ contactId: text("The contact's id."), properties }),
    idempotent: true,
    scopes: ["crm.objects.contacts.write"],
    source: contacts,
    http: { method: "PATCH", path: "/crm/objects/2026-09/contacts/{contactId}" },
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
    source: "https://developers.hubspot.com/docs/api-reference/2026-03/crm/search-the-crm",
    http: {
      method: "POST",
      path: "/crm/objects/2026-09/contacts/search",
      pagination: { ...pages, in: "body" },
    },
  },
  {
    slug: "create-company",
    name: "Create a company",
    description: "Creates a company.",
    input: object({ properties }),
    scopes: ["crm.objects.companies.write"],
    source: companies,
    http: { method: "POST", path: "/crm/objects/2026-09/companies" },
  },
  {
    slug: "list-deals",
    name: "List deals",
    description: "Lists deals.",
    input: object({ limit, properties: wanted }),
    scopes: ["crm.objects.deals.read"],
    source: deals,
    http: { method: "GET", path: "/crm/objects/2026-09/deals", params: listed, pagination: pages },
  },
  {
    slug: "create-deal",
    name: "Create a deal",
    description: "Creates a deal.",
    input: object({ properties, associations: optional(list("What it belongs to.", { type: "object" })) }),
    scopes: ["crm.objects.deals.write"],
    source: deals,
    http: { method: "POST", path: "/crm/objects/2026-09/deals" },
  },
];
