import { integer, list, object, optional, part, text } from "#connectors/json-schema.ts";
import type { ActionInput } from "#sdk/connector/action.ts";

const docs = "https://docs.discord.com/developers/resources";
const channelId = text("The channel's id.");
const messageId = text("The message's id.");
const guildId = text("The server's id.");
const limit = optional(integer("How many.", { minimum: 1, maximum: 100 }));

export const actions: ActionInput[] = [
  {
    slug: "send-message",
    name: "Send a message",
    description: "Sends a message to a channel. As a bot.",
    input: object({
      channelId,
      content: optional(text("The text, at most 2000 characters.", { maxLength: 2000 })),
      embeds: optional(list("Embeds.", { type: "object" }, { maxItems: 10 })),
      message_reference: optional(part("What it answers.", { message_id: messageId })),
    }),
    source: `${docs}/message#create-message`,
    http: { method: "POST", path: "/channels/{channelId}/messages" },
  },
  {
    slug: "edit-message",
    name: "Change a message",
    description: "Changes a message that the bot sent.",
    input: object({ channelId, messageId, content: text("The new text.", { maxLength: 2000 }) }),
    idempotent: true,
    source: `${docs}/message#edit-message`,
    http: { method: "PATCH", path: "/channels/{channelId}/messages/{messageId}" },
  },
  {
    slug: "list-messages",
    name: "List messages of a channel",
    description: "Reads messages of a channel, newest first. As a bot.",
    input: object({
      channelId,
      before: optional(text("Only before this message.")),
      after: optional(text("Only after this message.")),
      limit,
    }),
    source: `${docs}/message#get-channel-messages`,
    http: { method: "GET", path: "/channels/{channelId}/messages" },
  },
  {
    slug: "list-channels",
    name: "List channels of a server",
    description: "Lists the channels of a server. As a bot.",
    input: object({ guildId }),
    source: `${docs}/guild#get-guild-channels`,
    http: { method: "GET", path: "/guilds/{guildId}/channels" },
  },
  {
    slug: "list-servers",
    name: "List servers",
    description: "Lists the servers of the bot or the account.",
    input: object({}),
    scopes: ["guilds"],
    source: `${docs}/user#get-current-user-guilds`,
    http: {
      method: "GET",
      path: "/users/@me/guilds",
      pagination: { type: "cursor", cursor: "-1.id", param: "after" },
    },
  },
  {
    slug: "add-role",
    name: "Give a member a role",
    description: "Gives a member of a server a role. As a bot.",
    input: object({ guildId, userId: text("The member's id."), roleId: text("The role's id.") }),
    source: `${docs}/guild#add-guild-member-role`,
    http: { method: "PUT", path: "/guilds/{guildId}/members/{userId}/roles/{roleId}" },
  },
];
