import { answer, flag, integer, list, object, optional, record, text } from "#connectors/json-schema.ts";
import type { ActionInput } from "#sdk/connector/action.ts";

const channel = text("The channel's id, such as C0123456789.");
const limit = optional(integer("How many a page holds, at most 1000; 200 is advised."));
const methods = "https://docs.slack.dev/reference/methods";
const pages = { type: "cursor", cursor: "response_metadata.next_cursor", param: "cursor" } as const;

export const actions: ActionInput[] = [
  {
    slug: "post-message",
    name: "Post a message",
    description: "Sends a message to a channel, a person, or a thread.",
    input: object({
      channel,
      text: text("The message, or what notifications show of its blocks."),
      blocks: optional(list("Layout blocks.", { type: "object" })),
      thread_ts: optional(text("The timestamp of the message that is answered.")),
      unfurl_links: optional(flag("Whether links are shown with a preview.")),
      metadata: optional(record("Data that apps read from the message.")),
    }),
    output: answer({ channel: { type: "string" }, ts: { type: "string" } }),
    scopes: ["chat:write"],
    source: `${methods}/chat.postMessage`,
    http: { method: "POST", path: "/chat.postMessage" },
  },
  {
    slug: "update-message",
    name: "Change a message",
    description: "Replaces a message that the app sent.",
    input: object({ channel, ts: text("The message's timestamp."), text: text("The new text.") }),
    idempotent: true,
    scopes: ["chat:write"],
    source: `${methods}/chat.update`,
    http: { method: "POST", path: "/chat.update" },
  },
  {
    slug: "list-channels",
    name: "List channels",
    description: "Lists the channels of the workspace that the token can see.",
    input: object({
      types: optional(text("Kinds, joined by commas: public_channel, private_channel, mpim, im.")),
      exclude_archived: optional(flag("Whether archived channels are left out.")),
      limit,
    }),
    scopes: ["channels:read"],
    source: `${methods}/conversations.list`,
    http: { method: "GET", path: "/conversations.list", pagination: { ...pages, items: "channels" } },
  },
  {
    slug: "list-messages",
    name: "List messages of a channel",
    description:
      "Reads the history of a channel, newest first. Apps that are sold outside of Slack's marketplace may do so once a minute, for 15 messages.",
    input: object({
      channel,
      oldest: optional(text("Only messages after this timestamp.")),
      latest: optional(text("Only messages before this timestamp.")),
      limit,
    }),
    scopes: ["channels:history"],
    source: `${methods}/conversations.history`,
    http: { method: "GET", path: "/conversations.history", pagination: { ...pages, items: "messages" } },
  },
  {
    slug: "list-users",
    name: "List people",
    description: "Lists everybody of the workspace, deactivated people included.",
    input: object({ limit }),
    scopes: ["users:read"],
    source: `${methods}/users.list`,
    http: { method: "GET", path: "/users.list", pagination: { ...pages, items: "members" } },
  },
  {
    slug: "find-user-by-email",
    name: "Find a person by e-mail",
    description: "Finds the person who has an e-mail address.",
    input: object({ email: text("The address.") }),
    scopes: ["users:read.email"],
    source: `${methods}/users.lookupByEmail`,
    http: { method: "GET", path: "/users.lookupByEmail", result: "user" },
  },
  {
    slug: "add-reaction",
    name: "Add a reaction",
    description: "Adds an emoji to a message.",
    input: object({
      channel,
      timestamp: text("The message's timestamp."),
      name: text("The emoji's name without colons."),
    }),
    scopes: ["reactions:write"],
    source: `${methods}/reactions.add`,
    http: { method: "POST", path: "/reactions.add" },
  },
  {
    slug: "open-conversation",
    name: "Open a direct message",
    description: "Opens the conversation with a person, or finds it, and returns its channel.",
    input: object({
      users: text(
        "Ids of people, joined by commas: one for a direct message, up to 8 for a group, which needs the scope mpim:write.",
      ),
    }),
    idempotent: true,
    scopes: ["im:write"],
    source: `${methods}/conversations.open`,
    http: { method: "POST", path: "/conversations.open", result: "channel" },
  },
];
