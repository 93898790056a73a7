import { choice, flag, integer, list, object, optional, part, text } from "#connectors/json-schema.ts";
import type { ActionInput } from "#sdk/connector/action.ts";

const reference = "https://developers.google.com/workspace/calendar/api/v3/reference";
const scopes = ["https://www.googleapis.com/auth/calendar"];
const calendarId = text("The calendar's id; primary is the account's own.");
const eventId = text("The event's id.");
const pages = { type: "cursor", items: "items", cursor: "nextPageToken", param: "pageToken" } as const;
const time = (description: string) =>
  part(description, {
    dateTime: optional(text("The time with its offset (RFC 3339).")),
    date: optional(text("For whole days: the date.")),
    timeZone: optional(text("An IANA time zone.")),
  });
const details = {
  summary: optional(text("The title.")),
  description: optional(text("The text.")),
  location: optional(text("The place.")),
  attendees: optional(list("Who is invited.", object({ email: text("The address.") }))),
};
const sendUpdates = optional(choice("Who is told.", ["all", "externalOnly", "none"]));
const params = { sendUpdates: { in: "query" } } as const;

export const actions: ActionInput[] = [
  {
    slug: "list-calendars",
    name: "List calendars",
    description: "Lists the calendars of the account.",
    input: object({}),
    scopes,
    source: `${reference}/calendarList/list`,
    http: { method: "GET", path: "/users/me/calendarList", pagination: pages },
  },
  {
    slug: "list-events",
    name: "List events",
    description: "Lists events of a calendar, by time or by text.",
    input: object({
      calendarId,
      timeMin: optional(text("Only those that end after this time (RFC 3339).")),
      timeMax: optional(text("Only those that begin before this time (RFC 3339).")),
      q: optional(text("Words to search for.")),
      singleEvents: optional(flag("Whether repeated events are listed one by one.")),
      orderBy: optional(choice("In which order.", ["startTime", "updated"])),
      maxResults: optional(integer("How many a page holds.", { maximum: 2500 })),
    }),
    scopes,
    source: `${reference}/events/list`,
    http: { method: "GET", path: "/calendars/{calendarId}/events", pagination: pages },
  },
  {
    slug: "create-event",
    name: "Create an event",
    description: "Puts an event into a calendar.",
    input: object({
      calendarId,
      ...details,
      start: time("When it begins."),
      end: time("When it ends."),
      sendUpdates,
    }),
    scopes,
    source: `${reference}/events/insert`,
    http: { method: "POST", path: "/calendars/{calendarId}/events", params },
  },
  {
    slug: "update-event",
    name: "Change an event",
    description: "Changes the given parts of an event.",
    input: object({
      calendarId,
      eventId,
      ...details,
      start: optional(time("When it begins.")),
      end: optional(time("When it ends.")),
      sendUpdates,
    }),
    idempotent: true,
    scopes,
    source: `${reference}/events/patch`,
    http: { method: "PATCH", path: "/calendars/{calendarId}/events/{eventId}", params },
  },
  {
    slug: "delete-event",
    name: "Delete an event",
    description: "Deletes an event.",
    input: object({ calendarId, eventId, sendUpdates }),
    scopes,
    source: `${reference}/events/delete`,
    http: { method: "DELETE", path: "/calendars/{calendarId}/events/{eventId}" },
  },
  {
    slug: "find-busy-times",
    name: "Find busy times",
    description: "Says when calendars are busy.",
    input: object({
      timeMin: text("From this time (RFC 3339)."),
      timeMax: text("To this time (RFC 3339)."),
      items: list("Which calendars.", object({ id: text("The calendar's id.") })),
    }),
    idempotent: true,
    scopes,
    source: `${reference}/freebusy/query`,
    http: { method: "POST", path: "/freeBusy" },
  },
];
