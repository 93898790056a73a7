import { choice, list, object, optional, record, text } from "#connectors/json-schema.ts";
import type { ActionInput } from "#sdk/connector/action.ts";

const reference = "https://mailchimp.com/developer/marketing/api";
const listId = text("The audience's id.");
const subscriberHash = text("The MD5 of the lower-case address, or the address itself.");
const STATES = ["subscribed", "unsubscribed", "cleaned", "pending", "transactional"] as const;
const status = choice("Its state.", STATES);
const merge_fields = optional(record("Values by merge field, such as FNAME."));
const pages = (items: string) =>
  ({
    type: "offset",
    items,
    param: "offset",
    limitParam: "count",
    limit: 100,
    total: "total_items",
  }) as const;

export const actions: ActionInput[] = [
  {
    slug: "list-audiences",
    name: "List audiences",
    description: "Lists audiences.",
    input: object({}),
    source: `${reference}/lists/get-lists-info/`,
    http: { method: "GET", path: "/lists", pagination: pages("lists") },
  },
  {
    slug: "list-members",
    name: "List members",
    description: "Lists the members of an audience.",
    input: object({
      listId,
      status: optional(choice("Only in this state.", [...STATES, "archived"])),
      since_last_changed: optional(text("Only changed after this time (ISO 8601).")),
    }),
    source: `${reference}/list-members/list-members-info/`,
    http: { method: "GET", path: "/lists/{listId}/members", pagination: pages("members") },
  },
  {
    slug: "add-member",
    name: "Add a member",
    description: "Adds an address to an audience.",
    input: object({ listId, email_address: text("The address."), status, merge_fields }),
    source: `${reference}/list-members/add-member-to-list/`,
    http: { method: "POST", path: "/lists/{listId}/members" },
  },
  {
    slug: "add-or-update-member",
    name: "Add or change a member",
    description: "Adds an address to an audience, or changes its member.",
    input: object({
      listId,
      subscriberHash,
      email_address: text("The address."),
      status_if_new: status,
      status: optional(status),
      merge_fields,
    }),
    source: `${reference}/list-members/add-or-update-list-member/`,
    http: { method: "PUT", path: "/lists/{listId}/members/{subscriberHash}" },
  },
  {
    slug: "change-tags",
    name: "Change tags of a member",
    description: "Adds and removes tags.",
    input: object({
      listId,
      subscriberHash,
      tags: list(
        "The tags.",
        object({ name: text("Its name."), status: choice("On or off.", ["active", "inactive"]) }),
      ),
    }),
    idempotent: true,
    source: `${reference}/list-member-tags/add-or-remove-member-tags/`,
    http: { method: "POST", path: "/lists/{listId}/members/{subscriberHash}/tags" },
  },
  {
    slug: "list-campaigns",
    name: "List campaigns",
    description: "Lists campaigns.",
    input: object({
      status: optional(choice("Only in this state.", ["save", "paused", "schedule", "sending", "sent"])),
    }),
    source: `${reference}/campaigns/list-campaigns/`,
    http: { method: "GET", path: "/campaigns", pagination: pages("campaigns") },
  },
];
