import { GOOGLE, GOOGLE_HOSTS, GOOGLE_SOURCES, googleOAuth } from "#connectors/google-oauth.ts";
import { copies } from "#connectors/sources.ts";
import { defineConnector } from "#sdk/connector/define.ts";
import { actions } from "./actions.ts";

export const connector = defineConnector({
  ...GOOGLE,
  slug: "gmail",
  name: "Gmail",
  description: "Messages, threads and labels of a Gmail mailbox.",
  categories: ["email"],
  sources: [
    ...GOOGLE_SOURCES,
    ...copies(
      "https://gmail.googleapis.com/$discovery/rest?version=v1",
      "https://developers.google.com/gmail/api/guides/handle-errors",
      "https://developers.google.com/gmail/api/reference/quota",
    ),
  ],
  hosts: ["gmail.googleapis.com", ...GOOGLE_HOSTS],
  baseUrl: "https://gmail.googleapis.com/gmail/v1",
  auth: googleOAuth({
    "https://www.googleapis.com/auth/gmail.modify": "Read, write and send mail; delete nothing for good.",
  }),

  actions,
});
