import { choice, flag, integer, list, object, optional, part, text } from "#connectors/json-schema.ts";
import type { ActionInput } from "#sdk/connector/action.ts";

const reference = "https://developers.google.com/workspace/gmail/api/reference/rest/v1";
const scopes = ["https://www.googleapis.com/auth/gmail.modify"];
const id = text("The message's id.");
const raw = text("The whole message (RFC 5322) in base64url.");
const labels = { type: "string" };

export const actions: ActionInput[] = [
  {
    slug: "list-messages",
    name: "List messages",
    description: "Lists or searches messages; each has its id and its thread's.",
    input: object({
      q: optional(text("A search as in the search box, such as from:ada is:unread.")),
      labelIds: optional(list("Only with all of these labels.", labels)),
      maxResults: optional(integer("How many a page holds.", { maximum: 500 })),
      includeSpamTrash: optional(flag("Whether spam and bin are searched too.")),
    }),
    scopes,
    source: `${reference}/users.messages/list`,
    http: {
      method: "GET",
      path: "/users/me/messages",
      params: { labelIds: { in: "query", list: "repeat" } },
      pagination: { type: "cursor", items: "messages", cursor: "nextPageToken", param: "pageToken" },
    },
  },
  {
    slug: "get-message",
    name: "Get a message",
    description: "Reads a message.",
    input: object({
      id,
      format: optional(choice("How much of it.", ["minimal", "full", "raw", "metadata"])),
    }),
    scopes,
    source: `${reference}/users.messages/get`,
    http: { method: "GET", path: "/users/me/messages/{id}" },
  },
  {
    slug: "send-message",
    name: "Send a message",
    description: "Sends a message.",
    input: object({ raw, threadId: optional(text("The thread that it answers.")) }),
    scopes,
    source: `${reference}/users.messages/send`,
    http: { method: "POST", path: "/users/me/messages/send" },
  },
  {
    slug: "create-draft",
    name: "Create a draft",
    description: "Puts a message into the drafts.",
    input: object({
      message: part("The message.", { raw, threadId: optional(text("The thread that it answers.")) }),
    }),
    scopes,
    source: `${reference}/users.drafts/create`,
    http: { method: "POST", path: "/users/me/drafts" },
  },
  {
    slug: "modify-labels",
    name: "Change labels of a message",
    description: "Adds and removes labels; UNREAD, INBOX and STARRED are labels too.",
    input: object({
      id,
      addLabelIds: optional(list("Labels to add.", labels)),
      removeLabelIds: optional(list("Labels to remove.", labels)),
    }),
    idempotent: true,
    scopes,
    source: `${reference}/users.messages/modify`,
    http: { method: "POST", path: "/users/me/messages/{id}/modify" },
  },
  {
    slug: "list-labels",
    name: "List labels",
    description: "Lists the labels of the mailbox.",
    input: object({}),
    scopes,
    source: `${reference}/users.labels/list`,
    http: { method: "GET", path: "/users/me/labels", result: "labels" },
  },
  {
    slug: "trash-message",
    name: "Move a message to the bin",
    description: "Moves a message to the bin.",
    input: object({ id }),
    idempotent: true,
    scopes,
    source: `${reference}/users.messages/trash`,
    http: { method: "POST", path: "/users/me/messages/{id}/trash" },
  },
];
