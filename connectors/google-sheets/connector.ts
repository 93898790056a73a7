import { GOOGLE, GOOGLE_HOSTS, GOOGLE_SOURCES, googleOAuth } from "#connectors/google-oauth.ts";
import { copies } from "#connectors/sources.ts";
import { defineConnector } from "#sdk/connector/define.ts";
import { actions } from "./actions.ts";

export const connector = defineConnector({
  ...GOOGLE,
  slug: "google-sheets",
  name: "Google Sheets",
  description: "Cells of spreadsheets in Google Sheets.",
  categories: ["productivity"],
  sources: [
    ...GOOGLE_SOURCES,
    ...copies(
      "https://sheets.googleapis.com/$discovery/rest?version=v4",
      "https://developers.google.com/sheets/api/limits",
    ),
  ],
  hosts: ["sheets.googleapis.com", ...GOOGLE_HOSTS],
  baseUrl: "https://sheets.googleapis.com/v4",
  auth: googleOAuth({ "https://www.googleapis.com/auth/spreadsheets": "Read and write spreadsheets." }),

  actions,
});
