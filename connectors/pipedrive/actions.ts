import { choice, integer, list, number, object, optional, text } from "#connectors/json-schema.ts";
import type { ActionInput } from "#sdk/connector/action.ts";

const reference = "https://developers.pipedrive.com/docs/api/v1";
const pages = {
  type: "cursor",
  items: "data",
  cursor: "additional_data.next_cursor",
  param: "cursor",
} as const;
const limit = optional(integer("How many a page holds.", { maximum: 500 }));
const deal = {
  value: optional(number("The value.")),
  currency: optional(text("The currency's three letters.")),
  person_id: optional(integer("The person.")),
  org_id: optional(integer("The organization.")),
  stage_id: optional(integer("The stage.")),
  status: optional(choice("The state.", ["open", "won", "lost"])),
};

export const actions: ActionInput[] = [
  {
    slug: "list-deals",
    name: "List deals",
    description: "Lists deals.",
    input: object({ status: optional(text("Only in these states, joined by commas.")), limit }),
    source: `${reference}/Deals#getDeals`,
    http: { method: "GET", path: "/api/v2/deals", pagination: pages },
  },
  {
    slug: "get-deal",
    name: "Get a deal",
    description: "Reads a deal.",
    input: object({ id: integer("The deal's id.") }),
    source: `${reference}/Deals#getDeal`,
    http: { method: "GET", path: "/api/v2/deals/{id}", result: "data" },
  },
  {
    slug: "create-deal",
    name: "Create a deal",
    description: "Creates a deal.",
    input: object({ title: text("The title."), ...deal }),
    source: `${reference}/Deals#addDeal`,
    http: { method: "POST", path: "/api/v2/deals", result: "data" },
  },
  {
    slug: "update-deal",
    name: "Change a deal",
    description: "Changes the given parts of a deal.",
    input: object({ id: integer("The deal's id."), title: optional(text("The title.")), ...deal }),
    idempotent: true,
    source: `${reference}/Deals#updateDeal`,
    http: { method: "PATCH", path: "/api/v2/deals/{id}", result: "data" },
  },
  {
    slug: "list-persons",
    name: "List people",
    description: "Lists people.",
    input: object({ limit }),
    source: `${reference}/Persons#getPersons`,
    http: { method: "GET", path: "/api/v2/persons", pagination: pages },
  },
  {
    slug: "create-person",
    name: "Create a person",
    description: "Creates a person.",
    input: object({
      name: text("The name."),
      emails: optional(list("Addresses.", { type: "object" })),
      phones: optional(list("Numbers.", { type: "object" })),
      org_id: optional(integer("The organization.")),
    }),
    source: `${reference}/Persons#addPerson`,
    http: { method: "POST", path: "/api/v2/persons", result: "data" },
  },
];
