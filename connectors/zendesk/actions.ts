import { choice, flag, integer, list, object, optional, part, text } from "#connectors/json-schema.ts";
import type { ActionInput } from "#sdk/connector/action.ts";

const reference = "https://developer.zendesk.com/api-reference/ticketing";
// Only lists that ask for a page size are in pages with cursors.
const query = { "page[size]": "100" } as const;
// The link to a next page may stand there after the last one too: only has_more tells.
const pages = (items: string) =>
  ({
    type: "cursor",
    items,
    cursor: "meta.after_cursor",
    param: "page[after]",
    more: "meta.has_more",
  }) as const;
const ticketId = integer("The ticket's number.");
const comment = part("A comment.", {
  body: text("The text."),
  public: optional(flag("Whether the requester sees it.")),
});
const details = {
  status: optional(choice("Its state.", ["new", "open", "pending", "hold", "solved", "closed"])),
  priority: optional(choice("How urgent it is.", ["urgent", "high", "normal", "low"])),
  assignee_id: optional(integer("The agent's id.")),
  tags: optional(list("All tags that it has then.", { type: "string" })),
};

export const actions: ActionInput[] = [
  {
    slug: "list-tickets",
    name: "List tickets",
    description: "Lists tickets.",
    input: object({ sort: optional(text("An order, such as -updated_at.")) }),
    scopes: ["read"],
    source: `${reference}/tickets/tickets/#list-tickets`,
    http: { method: "GET", path: "/tickets.json", query, pagination: pages("tickets") },
  },
  {
    slug: "get-ticket",
    name: "Get a ticket",
    description: "Reads a ticket.",
    input: object({ ticketId }),
    scopes: ["read"],
    source: `${reference}/tickets/tickets/#show-ticket`,
    http: { method: "GET", path: "/tickets/{ticketId}.json", result: "ticket" },
  },
  {
    slug: "create-ticket",
    name: "Create a ticket",
    description: "Creates a ticket.",
    input: object({
      subject: optional(text("The subject.")),
      comment,
      requester: optional(part("Who asks.", { name: text("The name."), email: text("The address.") })),
      ...details,
    }),
    scopes: ["write"],
    source: `${reference}/tickets/tickets/#create-ticket`,
    http: { method: "POST", path: "/tickets.json", wrap: "ticket", result: "ticket" },
  },
  {
    slug: "update-ticket",
    name: "Change a ticket",
    description: "Changes a ticket, or answers it.",
    input: object({ ticketId, comment: optional(comment), ...details }),
    idempotent: false,
    scopes: ["write"],
    source: `${reference}/tickets/tickets/#update-ticket`,
    http: { method: "PUT", path: "/tickets/{ticketId}.json", wrap: "ticket", result: "ticket" },
  },
  {
    slug: "search",
    name: "Search",
    description: "Finds tickets, people or organizations; at most 1000 results.",
    input: object({ query: text("Such as type:ticket status<solved.") }),
    scopes: ["read"],
    source: `${reference}/ticket-management/search/`,
    http: {
      method: "GET",
      path: "/search.json",
      pagination: { type: "link", items: "results", path: "next_page" },
    },
  },
  {
    slug: "list-users",
    name: "List people",
    description: "Lists end users and agents.",
    input: object({ role: optional(choice("Only these.", ["end-user", "agent", "admin"])) }),
    scopes: ["read"],
    source: `${reference}/users/users/#list-users`,
    http: { method: "GET", path: "/users.json", query, pagination: pages("users") },
  },
  {
    slug: "create-or-update-user",
    name: "Create or change a person",
    description: "Creates a person, or changes the one with the same address.",
    input: object({
      email: text("The address."),
      name: text("The name."),
      phone: optional(text("The phone number.")),
    }),
    idempotent: true,
    scopes: ["write"],
    source: `${reference}/users/users/#create-or-update-user`,
    http: { method: "POST", path: "/users/create_or_update.json", wrap: "user", result: "user" },
  },
];
