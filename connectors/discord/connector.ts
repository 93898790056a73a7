import { copies } from "#connectors/sources.ts";
import { defineConnector } from "#sdk/connector/define.ts";
import { actions } from "./actions.ts";

export const connector = defineConnector({
  slug: "discord",
  name: "Discord",
  description: "Messages, channels and members of Discord servers.",
  domain: "discord.com",
  visibility: "public",
  categories: ["messaging"],
  sources: copies(
    "https://docs.discord.com/developers/topics/oauth2",
    "https://docs.discord.com/developers/topics/rate-limits",
    "https://docs.discord.com/developers/reference",
    "https://docs.discord.com/developers/resources/message",
    "https://docs.discord.com/developers/resources/user",
    "https://github.com/discord/discord-api-spec/blob/main/specs/openapi.json",
  ),
  hosts: ["discord.com"],
  baseUrl: "https://discord.com/api/v10",
  headers: { "user-agent": "DiscordBot (https://localhost, 1)" },
  auth: [
    {
      id: "bot",
      type: "api-key",
      label: "Bot token",
      help: "discord.com/developers/applications → Bot.",
      name: "authorization",
      value: "Bot {botToken}",
      fields: { botToken: { label: "Bot token", type: "password" } },
    },
    {
      id: "oauth",
      type: "oauth2",
      label: "Sign in with Discord",
      authorizeUrl: "https://discord.com/oauth2/authorize",
      tokenUrl: "https://discord.com/api/oauth2/token",
      revokeUrl: "https://discord.com/api/oauth2/token/revoke",
      pkce: "optional",
      scopes: {
        available: {
          identify: "Who the account is.",
          email: "Its e-mail address.",
          guilds: "Which servers it is in.",
          "guilds.members.read": "Its membership of a server.",
        },
        default: ["identify", "guilds"],
      },
      response: { expiry: { missing: 604_800 } },
      refresh: { rotation: "sometimes", margin: 86_400 },
    },
  ],
  verification: { path: "/users/@me", reason: "message", account: { id: "id", name: "username" } },
  policy: { rate: { requests: 50, per: 1 }, retry: { reset: "x-ratelimit-reset" } },
  actions,
});
