import { integer, list, object, optional, part, record, text } from "#connectors/json-schema.ts";
import type { ActionInput } from "#sdk/connector/action.ts";

const source = "https://linear.app/developers/graphql";
const common = { method: "POST", path: "/graphql", wrap: "variables" } as const;
const first = optional(integer("How many a page holds.", { maximum: 250 }));
const id = text("The issue's id or key, such as ENG-1.");

function pages(connection: string) {
  return {
    type: "cursor",
    items: `data.${connection}.nodes`,
    cursor: `data.${connection}.pageInfo.endCursor`,
    more: `data.${connection}.pageInfo.hasNextPage`,
    param: "after",
    in: "body",
  } as const;
}

export const actions: ActionInput[] = [
  {
    slug: "list-issues",
    name: "List issues",
    description: "Lists issues, all or those that a filter lets through.",
    input: object({ filter: optional(record('A filter, such as {"team": {"key": {"eq": "ENG"}}}.')), first }),
    idempotent: true,
    scopes: ["read"],
    source,
    http: {
      ...common,
      fixed: {
        query:
          "query($filter: IssueFilter, $first: Int = 50, $after: String) { issues(filter: $filter, first: $first, after: $after) { nodes { id identifier title priority url updatedAt state { id name } assignee { id name } team { id key } } pageInfo { hasNextPage endCursor } } }",
      },
      pagination: pages("issues"),
    },
  },
  {
    slug: "get-issue",
    name: "Get an issue",
    description: "Reads an issue.",
    input: object({ id }),
    idempotent: true,
    scopes: ["read"],
    source,
    http: {
      ...common,
      fixed: {
        query:
          "query($id: String!) { issue(id: $id) { id identifier title description priority url state { id name } assignee { id name } labels { nodes { id name } } } }",
      },
      result: "data.issue",
    },
  },
  {
    slug: "create-issue",
    name: "Create an issue",
    description: "Creates an issue.",
    input: object({
      input: part("The issue.", {
        teamId: text("The team's id."),
        title: text("The title."),
        description: optional(text("The text, in Markdown.")),
        assigneeId: optional(text("The person's id.")),
        stateId: optional(text("The state's id.")),
        priority: optional(integer("0 none, 1 urgent, 2 high, 3 normal, 4 low.", { minimum: 0, maximum: 4 })),
        labelIds: optional(list("Labels.", { type: "string" })),
        id: optional(text("An own UUID: repeated requests then create one issue.")),
      }),
    }),
    scopes: ["write"],
    source,
    http: {
      ...common,
      fixed: {
        query:
          "mutation($input: IssueCreateInput!) { issueCreate(input: $input) { success issue { id identifier url } } }",
      },
      result: "data.issueCreate.issue",
    },
  },
  {
    slug: "update-issue",
    name: "Change an issue",
    description: "Changes the given parts of an issue.",
    input: object({ id, input: record("The parts, such as title, stateId, assigneeId, priority.") }),
    idempotent: true,
    scopes: ["write"],
    source,
    http: {
      ...common,
      fixed: {
        query:
          "mutation($id: String!, $input: IssueUpdateInput!) { issueUpdate(id: $id, input: $input) { success issue { id identifier } } }",
      },
      result: "data.issueUpdate.issue",
    },
  },
  {
    slug: "create-comment",
    name: "Comment on an issue",
    description: "Adds a comment to an issue.",
    input: object({
      input: part("The comment.", { issueId: text("The issue's id."), body: text("The text, in Markdown.") }),
    }),
    scopes: ["write"],
    source,
    http: {
      ...common,
      fixed: {
        query:
          "mutation($input: CommentCreateInput!) { commentCreate(input: $input) { success comment { id url } } }",
      },
      result: "data.commentCreate.comment",
    },
  },
  {
    slug: "list-teams",
    name: "List teams",
    description: "Lists teams with their states.",
    input: object({ first }),
    idempotent: true,
    scopes: ["read"],
    source,
    http: {
      ...common,
      fixed: {
        query:
          "query($first: Int = 50, $after: String) { teams(first: $first, after: $after) { nodes { id key name states { nodes { id name type } } } pageInfo { hasNextPage endCursor } } }",
      },
      pagination: pages("teams"),
    },
  },
];
