import { choice, integer, object, optional, text } from "#connectors/json-schema.ts";
import type { ActionInput } from "#sdk/connector/action.ts";

const docs = "https://developer.calendly.com/api-docs";
const pages = { type: "link", items: "collection", path: "pagination.next_page" } as const;
const count = optional(integer("How many a page holds.", { maximum: 100 }));
const user = optional(text("The person's URI, from get-current-user; this or organization is needed."));
const organization = optional(text("The organization's URI, in place of the person's."));
const eventId = text("The event's id: the last part of its URI.");

export const actions: ActionInput[] = [
  {
    slug: "get-current-user",
    name: "Get the account",
    description: "Reads who the account is, with its organization.",
    input: object({}),
    scopes: ["users:read"],
    source: docs,
    http: { method: "GET", path: "/users/me", result: "resource" },
  },
  {
    slug: "list-event-types",
    name: "List event types",
    description: "Lists what can be booked.",
    input: object({ user, organization, count }),
    scopes: ["event_types:read"],
    source: `${docs}/calendly-api/event-types/list-event-types`,
    http: { method: "GET", path: "/event_types", pagination: pages },
  },
  {
    slug: "list-scheduled-events",
    name: "List scheduled events",
    description: "Lists what was booked.",
    input: object({
      user,
      organization,
      min_start_time: optional(text("Only those that begin after this time (ISO 8601).")),
      max_start_time: optional(text("Only those that begin before this time (ISO 8601).")),
      status: optional(choice("Only in this state.", ["active", "canceled"])),
      count,
    }),
    scopes: ["scheduled_events:read"],
    source: `${docs}/calendly-api/scheduled-events/list-scheduled-events`,
    http: { method: "GET", path: "/scheduled_events", pagination: pages },
  },
  {
    slug: "list-invitees",
    name: "List invitees of an event",
    description: "Lists who booked an event.",
    input: object({ eventId, count }),
    scopes: ["scheduled_events:read"],
    source: docs,
    http: { method: "GET", path: "/scheduled_events/{eventId}/invitees", pagination: pages },
  },
  {
    slug: "cancel-event",
    name: "Cancel an event",
    description: "Cancels an event.",
    input: object({ eventId, reason: optional(text("Why.", { maxLength: 10000 })) }),
    scopes: ["scheduled_events:write"],
    source: `${docs}/calendly-api/scheduled-events/create-scheduled-event-cancellation`,
    http: { method: "POST", path: "/scheduled_events/{eventId}/cancellation", result: "resource" },
  },
];
