import { answer, integer, list, object, optional, part, record, text } from "#connectors/json-schema.ts";
import type { ActionInput } from "#sdk/connector/action.ts";

const reference = "https://developer.atlassian.com/cloud/jira/platform/rest/v3";
const issue = text("The issue's key or id, such as ABC-1.");
const fields = record(
  "Values by field, such as summary, project, issuetype, description (in Atlassian document format).",
);

export const actions: ActionInput[] = [
  {
    slug: "search-issues",
    name: "Search issues",
    description: "Finds issues by a JQL query that has a restriction.",
    input: object({
      jql: text("Such as project = ABC and updated >= -7d."),
      fields: list("Which fields are returned; *navigable stands for all that lists show.", {
        type: "string",
      }),
      maxResults: optional(integer("How many a page holds.", { maximum: 5000 })),
    }),
    idempotent: true,
    scopes: ["read:jira-work"],
    source: `${reference}/api-group-issue-search/`,
    http: {
      method: "POST",
      path: "/rest/api/3/search/jql",
      pagination: {
        type: "cursor",
        items: "issues",
        cursor: "nextPageToken",
        param: "nextPageToken",
        in: "body",
      },
    },
  },
  {
    slug: "get-issue",
    name: "Get an issue",
    description: "Reads an issue.",
    input: object({ issue, fields: optional(list("Which fields are returned.", { type: "string" })) }),
    scopes: ["read:jira-work"],
    source: `${reference}/api-group-issues/`,
    http: {
      method: "GET",
      path: "/rest/api/3/issue/{issue}",
      params: { fields: { in: "query", list: "comma" } },
    },
  },
  {
    slug: "create-issue",
    name: "Create an issue",
    description: "Creates an issue.",
    input: object({ fields }),
    output: answer({ id: { type: "string" }, key: { type: "string" } }),
    scopes: ["write:jira-work"],
    source: `${reference}/api-group-issues/`,
    http: { method: "POST", path: "/rest/api/3/issue" },
  },
  {
    slug: "update-issue",
    name: "Change an issue",
    description: "Changes the given fields of an issue.",
    input: object({ issue, fields }),
    scopes: ["write:jira-work"],
    source: `${reference}/api-group-issues/`,
    http: { method: "PUT", path: "/rest/api/3/issue/{issue}" },
  },
  {
    slug: "add-comment",
    name: "Comment on an issue",
    description: "Adds a comment to an issue.",
    input: object({ issue, body: record("The comment in Atlassian document format.") }),
    scopes: ["write:jira-work"],
    source: `${reference}/api-group-issue-comments/`,
    http: { method: "POST", path: "/rest/api/3/issue/{issue}/comment" },
  },
  {
    slug: "list-transitions",
    name: "List transitions of an issue",
    description: "Lists the steps that an issue can take from where it is.",
    input: object({ issue }),
    scopes: ["read:jira-work"],
    source: `${reference}/api-group-issues/`,
    http: { method: "GET", path: "/rest/api/3/issue/{issue}/transitions", result: "transitions" },
  },
  {
    slug: "transition-issue",
    name: "Move an issue on",
    description: "Takes an issue along a transition.",
    input: object({ issue, transition: part("The transition.", { id: text("Its id.") }) }),
    scopes: ["write:jira-work"],
    source: `${reference}/api-group-issues/`,
    http: { method: "POST", path: "/rest/api/3/issue/{issue}/transitions" },
  },
  {
    slug: "list-projects",
    name: "List projects",
    description: "Lists projects.",
    input: object({ query: optional(text("Words of the name or key.")) }),
    scopes: ["read:jira-work"],
    source: `${reference}/api-group-projects/`,
    http: {
      method: "GET",
      path: "/rest/api/3/project/search",
      pagination: {
        type: "offset",
        items: "values",
        param: "startAt",
        limitParam: "maxResults",
        limit: 50,
        total: "total",
      },
    },
  },
];
