import { choice, flag, integer, list, object, optional, part, text } from "#connectors/json-schema.ts";
import type { ActionInput } from "#sdk/connector/action.ts";

const reference = "https://learn.microsoft.com/en-us/graph/api";
const pages = { type: "link", items: "value", path: "@odata\\.nextLink" } as const;
const top = optional(integer("How many a page holds.", { maximum: 999 }));
const filter = optional(text("A filter, such as isRead eq false."));
const query = { top: { in: "query", as: "$top" }, filter: { in: "query", as: "$filter" } } as const;
const body = (description: string) =>
  part(description, {
    contentType: choice("How it is written.", ["text", "html"]),
    content: text("The text."),
  });
const recipients = (description: string) =>
  list(
    description,
    object({
      emailAddress: part("Who.", { address: text("The address."), name: optional(text("The name.")) }),
    }),
  );
const time = (description: string) =>
  part(description, {
    dateTime: text("The time without offset."),
    timeZone: text("A time zone, such as UTC."),
  });

export const actions: ActionInput[] = [
  {
    slug: "list-messages",
    name: "List messages",
    description: "Lists messages of all folders of the mailbox.",
    input: object({ top, filter }),
    scopes: ["Mail.ReadWrite"],
    source: `${reference}/user-list-messages`,
    http: { method: "GET", path: "/me/messages", params: query, pagination: pages },
  },
  {
    slug: "send-mail",
    name: "Send a message",
    description: "Sends a message.",
    input: object({
      message: part("The message.", {
        subject: text("The subject."),
        body: body("The text."),
        toRecipients: recipients("To whom."),
        ccRecipients: optional(recipients("To whom in copy.")),
      }),
      saveToSentItems: optional(flag("Whether it is kept among the sent ones.")),
    }),
    scopes: ["Mail.Send"],
    source: `${reference}/user-sendmail`,
    http: { method: "POST", path: "/me/sendMail" },
  },
  {
    slug: "list-events",
    name: "List events between two times",
    description: "Lists events of the calendar, repeated ones one by one.",
    input: object({
      startDateTime: text("From (ISO 8601; without an offset: UTC)."),
      endDateTime: text("To (ISO 8601; without an offset: UTC)."),
      top,
    }),
    scopes: ["Calendars.ReadWrite"],
    source: `${reference}/user-list-calendarview`,
    http: { method: "GET", path: "/me/calendarView", params: { top: query.top }, pagination: pages },
  },
  {
    slug: "create-event",
    name: "Create an event",
    description: "Puts an event into the calendar.",
    input: object({
      subject: text("The title."),
      start: time("When it begins."),
      end: time("When it ends."),
      body: optional(body("The text.")),
      attendees: optional(list("Who is invited.", { type: "object" })),
      isOnlineMeeting: optional(flag("Whether it has a meeting link.")),
    }),
    scopes: ["Calendars.ReadWrite"],
    source: `${reference}/user-post-events`,
    http: { method: "POST", path: "/me/events" },
  },
  {
    slug: "list-files",
    name: "List files of a folder",
    description: "Lists what is in a folder of OneDrive.",
    input: object({ itemId: text("The folder's id; root is the topmost."), top }),
    scopes: ["Files.ReadWrite.All"],
    source: `${reference}/driveitem-list-children`,
    http: {
      method: "GET",
      path: "/me/drive/items/{itemId}/children",
      params: { top: query.top },
      pagination: pages,
    },
  },
  {
    slug: "list-contacts",
    name: "List contacts",
    description: "Lists the contacts of the mailbox.",
    input: object({ top, filter }),
    scopes: ["Contacts.ReadWrite"],
    source: `${reference}/user-list-contacts`,
    http: { method: "GET", path: "/me/contacts", params: query, pagination: pages },
  },
  {
    slug: "get-profile",
    name: "Get the profile",
    description: "Reads who the account is.",
    input: object({}),
    scopes: ["User.Read"],
    source: `${reference}/user-get`,
    http: { method: "GET", path: "/me" },
  },
];
