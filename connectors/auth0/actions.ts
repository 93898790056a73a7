import { flag, list, object, optional, record, text } from "#connectors/json-schema.ts";
import type { ActionInput } from "#sdk/connector/action.ts";

const reference = "https://auth0.com/docs/api/management/v2";
const id = text("The user's id, such as auth0|5f7c8ec7.");
const pages = { type: "page", param: "page", first: 0, limitParam: "per_page", limit: 50 } as const;
const details = {
  email: optional(text("The address.")),
  name: optional(text("The name.")),
  blocked: optional(flag("Whether the user may not sign in.")),
  user_metadata: optional(record("What users may change themselves.")),
  app_metadata: optional(record("What only the application changes.")),
};

export const actions: ActionInput[] = [
  {
    slug: "list-users",
    name: "List users",
    description: "Lists or searches users; at most 1000.",
    input: object({ q: optional(text("A search, such as email:ada@example.com.")) }),
    source: `${reference}/users/get-users`,
    http: { method: "GET", path: "/users", query: { search_engine: "v3" }, pagination: pages },
  },
  {
    slug: "get-user",
    name: "Get a user",
    description: "Reads a user.",
    input: object({ id }),
    source: `${reference}/users/get-users-by-id`,
    http: { method: "GET", path: "/users/{id}" },
  },
  {
    slug: "create-user",
    name: "Create a user",
    description: "Creates a user.",
    input: object({
      connection: text("The connection's name."),
      password: optional(text("The first password.")),
      ...details,
    }),
    source: `${reference}/users/post-users`,
    http: { method: "POST", path: "/users" },
  },
  {
    slug: "update-user",
    name: "Change a user",
    description: "Changes the given parts of a user.",
    input: object({ id, ...details }),
    idempotent: true,
    source: `${reference}/users/patch-users-by-id`,
    http: { method: "PATCH", path: "/users/{id}" },
  },
  {
    slug: "assign-roles",
    name: "Give a user roles",
    description: "Gives a user roles.",
    input: object({ id, roles: list("The roles' ids.", { type: "string" }, { minItems: 1 }) }),
    idempotent: true,
    source: `${reference}/users/post-user-roles`,
    http: { method: "POST", path: "/users/{id}/roles" },
  },
];
