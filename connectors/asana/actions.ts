import { flag, list, object, optional, text } from "#connectors/json-schema.ts";
import type { ActionInput } from "#sdk/connector/action.ts";

const reference = "https://developers.asana.com/reference";
const pages = { type: "cursor", items: "data", cursor: "next_page.offset", param: "offset" } as const;
// Only lists that ask for a page size are in pages.
const query = { limit: "100" } as const;
const opt_fields = optional(text("Which fields are returned, joined by commas."));
const task = text("The task's id.");
const details = {
  name: optional(text("The title.")),
  notes: optional(text("The text.")),
  assignee: optional(text("A person's id or e-mail address, or me.")),
  due_on: optional(text("When it is due (date).")),
  completed: optional(flag("Whether it is done.")),
};

export const actions: ActionInput[] = [
  {
    slug: "list-projects",
    name: "List projects",
    description: "Lists the projects of a workspace.",
    input: object({
      workspace: text("The workspace's id."),
      archived: optional(flag("Archived ones, or the others.")),
      opt_fields,
    }),
    scopes: ["projects:read"],
    source: `${reference}/getprojects`,
    http: { method: "GET", path: "/projects", query, pagination: pages },
  },
  {
    slug: "list-tasks",
    name: "List tasks of a project",
    description: "Lists the tasks of a project.",
    input: object({
      project: text("The project's id."),
      completed_since: optional(text("Open ones and those done after this time; now for open ones only.")),
      opt_fields,
    }),
    scopes: ["tasks:read"],
    source: `${reference}/gettasks`,
    http: { method: "GET", path: "/tasks", query, pagination: pages },
  },
  {
    slug: "get-task",
    name: "Get a task",
    description: "Reads a task.",
    input: object({ task, opt_fields }),
    scopes: ["tasks:read"],
    source: `${reference}/gettask`,
    http: { method: "GET", path: "/tasks/{task}", result: "data" },
  },
  {
    slug: "create-task",
    name: "Create a task",
    description: "Creates a task in a project or a workspace.",
    input: object({
      ...details,
      projects: optional(list("Projects that it is put into.", { type: "string" })),
      workspace: optional(text("The workspace's id; needed without a project.")),
      parent: optional(text("The task that it is a part of.")),
    }),
    scopes: ["tasks:write"],
    source: `${reference}/createtask`,
    http: { method: "POST", path: "/tasks", wrap: "data", result: "data" },
  },
  {
    slug: "update-task",
    name: "Change a task",
    description: "Changes the given parts of a task.",
    input: object({ task, ...details }),
    scopes: ["tasks:write"],
    source: `${reference}/updatetask`,
    http: { method: "PUT", path: "/tasks/{task}", wrap: "data", result: "data" },
  },
  {
    slug: "add-comment",
    name: "Comment on a task",
    description: "Adds a comment to a task.",
    input: object({ task, text: text("The comment.") }),
    scopes: ["stories:write"],
    source: `${reference}/createstoryfortask`,
    http: { method: "POST", path: "/tasks/{task}/stories", wrap: "data", result: "data" },
  },
  {
    slug: "list-workspaces",
    name: "List workspaces",
    description: "Lists the workspaces of the account.",
    input: object({}),
    scopes: ["workspaces:read"],
    source: `${reference}/getworkspaces`,
    http: { method: "GET", path: "/workspaces", query, pagination: pages },
  },
];
