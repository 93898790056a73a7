import { choice, integer, object, optional, record, text } from "#connectors/json-schema.ts";
import type { ActionInput } from "#sdk/connector/action.ts";

const reference = "https://developers.intercom.com/docs/references/rest-api/api.intercom.io";
const pages = {
  type: "cursor",
  items: "data",
  cursor: "pages.next.starting_after",
  param: "starting_after",
} as const;
const per_page = optional(integer("How many a page holds.", { maximum: 150 }));
const contactId = text("The contact's id.");
const details = {
  email: optional(text("The address.")),
  name: optional(text("The name.")),
  phone: optional(text("The phone number.")),
  external_id: optional(text("The id in the own product.")),
  custom_attributes: optional(record("Own attributes.")),
};

export const actions: ActionInput[] = [
  {
    slug: "list-contacts",
    name: "List contacts",
    description: "Lists contacts.",
    input: object({ per_page }),
    source: `${reference}/contacts/listcontacts`,
    http: { method: "GET", path: "/contacts", pagination: pages },
  },
  {
    slug: "search-contacts",
    name: "Search contacts",
    description: "Finds contacts by a query.",
    input: object({
      query: record('Such as {"field": "email", "operator": "=", "value": "ada@example.com"}.'),
      pagination: optional(record("Where the page begins: per_page and starting_after.")),
    }),
    idempotent: true,
    source: `${reference}/contacts/searchcontacts`,
    http: { method: "POST", path: "/contacts/search" },
  },
  {
    slug: "create-contact",
    name: "Create a contact",
    description: "Creates a user or a lead.",
    input: object({ role: choice("What it is.", ["user", "lead"]), ...details }),
    source: `${reference}/contacts/createcontact`,
    http: { method: "POST", path: "/contacts" },
  },
  {
    slug: "update-contact",
    name: "Change a contact",
    description: "Changes the given parts of a contact.",
    input: object({ contactId, ...details }),
    source: `${reference}/contacts/updatecontact`,
    http: { method: "PUT", path: "/contacts/{contactId}" },
  },
  {
    slug: "list-conversations",
    name: "List conversations",
    description: "Lists conversations.",
    input: object({ per_page }),
    source: `${reference}/conversations/listconversations`,
    http: { method: "GET", path: "/conversations", pagination: { ...pages, items: "conversations" } },
  },
  {
    slug: "reply-to-conversation",
    name: "Answer a conversation",
    description: "Adds an answer or a note of an admin.",
    input: object({
      conversationId: text("The conversation's id."),
      message_type: choice("What it is.", ["comment", "note"]),
      type: choice("Who speaks.", ["admin"]),
      admin_id: text("The admin's id."),
      body: text("The text, HTML is possible."),
    }),
    source: `${reference}/conversations/replyconversation`,
    http: { method: "POST", path: "/conversations/{conversationId}/reply" },
  },
];
