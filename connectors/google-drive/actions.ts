import { choice, flag, integer, list, object, optional, text } from "#connectors/json-schema.ts";
import type { ActionInput } from "#sdk/connector/action.ts";

const reference = "https://developers.google.com/workspace/drive/api/reference/rest/v3";
const scopes = ["https://www.googleapis.com/auth/drive"];
const fileId = text("The file's id.");
const fields = optional(text("Which parts are returned, such as id,name,mimeType."));
const supportsAllDrives = optional(flag("Whether shared drives are meant too."));
const params = { supportsAllDrives: { in: "query" } } as const;

export const actions: ActionInput[] = [
  {
    slug: "list-files",
    name: "List files",
    description: "Lists or searches files and folders.",
    input: object({
      q: optional(text("A search, such as name contains 'report' and trashed = false.")),
      orderBy: optional(text("An order, such as modifiedTime desc.")),
      pageSize: optional(integer("How many a page holds.", { maximum: 1000 })),
      fields,
      includeItemsFromAllDrives: optional(flag("Whether shared drives are searched too.")),
      supportsAllDrives,
    }),
    scopes,
    source: `${reference}/files/list`,
    http: {
      method: "GET",
      path: "/drive/v3/files",
      pagination: { type: "cursor", items: "files", cursor: "nextPageToken", param: "pageToken" },
    },
  },
  {
    slug: "get-file",
    name: "Get a file's details",
    description: "Reads the metadata of a file.",
    input: object({ fileId, fields, supportsAllDrives }),
    scopes,
    source: `${reference}/files/get`,
    http: { method: "GET", path: "/drive/v3/files/{fileId}" },
  },
  {
    slug: "export-file",
    name: "Export a document",
    description:
      "Exports a document of the vendor's editors as another type, such as text/csv. At most 10 MB.",
    input: object({ fileId, mimeType: text("The type to export as.") }),
    scopes,
    source: `${reference}/files/export`,
    http: { method: "GET", path: "/drive/v3/files/{fileId}/export" },
  },
  {
    slug: "create-folder",
    name: "Create a file or folder",
    description:
      "Creates the metadata of a file; the type application/vnd.google-apps.folder makes it a folder.",
    input: object({
      name: text("The name."),
      mimeType: text("The type."),
      parents: optional(list("The folder that it is put into.", { type: "string" }, { maxItems: 1 })),
      supportsAllDrives,
    }),
    scopes,
    source: `${reference}/files/create`,
    http: { method: "POST", path: "/drive/v3/files", params },
  },
  {
    slug: "copy-file",
    name: "Copy a file",
    description: "Copies a file, under another name or into another folder.",
    input: object({
      fileId,
      name: optional(text("The copy's name.")),
      parents: optional(list("The folder that it is put into.", { type: "string" }, { maxItems: 1 })),
      supportsAllDrives,
    }),
    scopes,
    source: `${reference}/files/copy`,
    http: { method: "POST", path: "/drive/v3/files/{fileId}/copy", params },
  },
  {
    slug: "share-file",
    name: "Share a file",
    description: "Gives somebody access to a file or folder.",
    input: object({
      fileId,
      type: choice("To whom.", ["user", "group", "domain", "anyone"]),
      role: choice("What for.", ["reader", "commenter", "writer", "fileOrganizer", "organizer", "owner"]),
      emailAddress: optional(text("The address of the user or group.")),
      domain: optional(text("The domain.")),
      sendNotificationEmail: optional(flag("Whether they are told by e-mail.")),
      transferOwnership: optional(flag("Must be true for the role owner: who was the owner can write then.")),
      supportsAllDrives,
    }),
    scopes,
    source: `${reference}/permissions/create`,
    http: {
      method: "POST",
      path: "/drive/v3/files/{fileId}/permissions",
      params: {
        sendNotificationEmail: { in: "query" },
        transferOwnership: { in: "query" },
        supportsAllDrives: { in: "query" },
      },
    },
  },
  {
    slug: "delete-file",
    name: "Delete a file",
    description: "Deletes a file at once, without the bin.",
    input: object({ fileId, supportsAllDrives }),
    scopes,
    source: `${reference}/files/delete`,
    http: { method: "DELETE", path: "/drive/v3/files/{fileId}" },
  },
];
