import { GOOGLE, GOOGLE_HOSTS, GOOGLE_SOURCES, googleOAuth } from "#connectors/google-oauth.ts";
import { copies } from "#connectors/sources.ts";
import { defineConnector } from "#sdk/connector/define.ts";
import { actions } from "./actions.ts";

export const connector = defineConnector({
  ...GOOGLE,
  slug: "google-drive",
  name: "Google Drive",
  description: "Files and folders of Google Drive.",
  categories: ["files"],
  sources: [
    ...GOOGLE_SOURCES,
    ...copies(
      "https://www.googleapis.com/discovery/v1/apis/drive/v3/rest",
      "https://developers.google.com/drive/api/guides/handle-errors",
      "https://developers.google.com/drive/api/guides/limits?hl=es",
    ),
  ],
  hosts: ["www.googleapis.com", ...GOOGLE_HOSTS],
  baseUrl: "https://www.googleapis.com",
  auth: googleOAuth({ "https://www.googleapis.com/auth/drive": "Read and write all files of Drive." }),
  pagination: { type: "cursor", items: "files", cursor: "nextPageToken", param: "pageToken" },
  actions,
});
