import { GOOGLE, GOOGLE_HOSTS, GOOGLE_SOURCES, googleOAuth } from "#connectors/google-oauth.ts";
import { copies } from "#connectors/sources.ts";
import { defineConnector } from "#sdk/connector/define.ts";
import { actions } from "./actions.ts";

export const connector = defineConnector({
  ...GOOGLE,
  slug: "google-calendar",
  name: "Google Calendar",
  description: "Calendars and events of Google Calendar.",
  categories: ["calendar"],
  sources: [
    ...GOOGLE_SOURCES,
    ...copies(
      "https://calendar-json.googleapis.com/$discovery/rest?version=v3",
      "https://developers.google.com/calendar/quota",
      "https://developers.google.com/workspace/calendar/api/guides/quota.md.txt",
    ),
  ],
  hosts: ["www.googleapis.com", ...GOOGLE_HOSTS],
  baseUrl: "https://www.googleapis.com/calendar/v3",
  auth: googleOAuth({ "https://www.googleapis.com/auth/calendar": "Read and write calendars and events." }),

  actions,
});
