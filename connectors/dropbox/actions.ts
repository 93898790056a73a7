import { flag, integer, object, optional, text } from "#connectors/json-schema.ts";
import type { ActionInput } from "#sdk/connector/action.ts";

const reference = "https://www.dropbox.com/developers/documentation/http/documentation";
const path = text('The path, such as /reports/2026.csv; "" is the root.');
const move = {
  from_path: text("The path of now."),
  to_path: text("The new path."),
  autorename: optional(flag("Whether it gets another name when the new one is taken.")),
};

export const actions: ActionInput[] = [
  {
    slug: "list-folder",
    name: "List a folder",
    description: "Lists what is in a folder; go on with continue-list while has_more is true.",
    input: object({
      path,
      recursive: optional(flag("Whether folders inside are listed too.")),
      limit: optional(integer("How many at once, about.", { maximum: 2000 })),
    }),
    idempotent: true,
    scopes: ["files.metadata.read"],
    source: `${reference}#files-list_folder`,
    http: { method: "POST", path: "/files/list_folder" },
  },
  {
    slug: "continue-list",
    name: "Go on with a list",
    description: "Lists what comes next, or what has changed since.",
    input: object({ cursor: text("The cursor of the answer before.") }),
    idempotent: true,
    scopes: ["files.metadata.read"],
    source: `${reference}#files-list_folder-continue`,
    http: {
      method: "POST",
      path: "/files/list_folder/continue",
      pagination: {
        type: "cursor",
        items: "entries",
        cursor: "cursor",
        param: "cursor",
        in: "body",
        more: "has_more",
      },
    },
  },
  {
    slug: "get-metadata",
    name: "Get details",
    description: "Reads the details of a file or folder.",
    input: object({ path }),
    idempotent: true,
    scopes: ["files.metadata.read"],
    source: `${reference}#files-get_metadata`,
    http: { method: "POST", path: "/files/get_metadata" },
  },
  {
    slug: "get-temporary-link",
    name: "Get a link to a file",
    description: "Makes a link that gives the file's content for four hours.",
    input: object({ path }),
    idempotent: true,
    scopes: ["files.content.read"],
    source: `${reference}#files-get_temporary_link`,
    http: { method: "POST", path: "/files/get_temporary_link" },
  },
  {
    slug: "create-folder",
    name: "Create a folder",
    description: "Creates a folder.",
    input: object({ path, autorename: move.autorename }),
    scopes: ["files.content.write"],
    source: `${reference}#files-create_folder_v2`,
    http: { method: "POST", path: "/files/create_folder_v2", result: "metadata" },
  },
  {
    slug: "move",
    name: "Move a file or folder",
    description: "Moves or renames a file or folder.",
    input: object(move),
    scopes: ["files.content.write"],
    source: `${reference}#files-move_v2`,
    http: { method: "POST", path: "/files/move_v2", result: "metadata" },
  },
  {
    slug: "delete",
    name: "Delete a file or folder",
    description: "Puts a file or folder into the bin.",
    input: object({ path }),
    scopes: ["files.content.write"],
    source: `${reference}#files-delete_v2`,
    http: { method: "POST", path: "/files/delete_v2", result: "metadata" },
  },
];
