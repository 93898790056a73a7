import { choice, integer, object, optional, text } from "#connectors/json-schema.ts";
import type { ActionInput } from "#sdk/connector/action.ts";

const docs = "https://www.reddit.com/dev/api/";
const pages = { type: "cursor", items: "data.children", cursor: "data.after", param: "after" } as const;
const limit = optional(integer("How many a page holds.", { maximum: 100 }));
const subreddit = text("The community's name without r/.");

export const actions: ActionInput[] = [
  {
    slug: "list-new-posts",
    name: "List new posts",
    description: "Lists the newest posts of a community.",
    input: object({ subreddit, limit }),
    scopes: ["read"],
    source: `${docs}#GET_new`,
    http: { method: "GET", path: "/r/{subreddit}/new", pagination: pages },
  },
  {
    slug: "search-posts",
    name: "Search posts",
    description: "Finds posts of a community.",
    input: object({
      subreddit,
      q: text("Words to search for."),
      sort: optional(choice("In which order.", ["relevance", "hot", "top", "new", "comments"])),
      limit,
    }),
    scopes: ["read"],
    source: `${docs}#GET_search`,
    http: { method: "GET", path: "/r/{subreddit}/search", query: { restrict_sr: "true" }, pagination: pages },
  },
  {
    slug: "submit-post",
    name: "Submit a post",
    description: "Posts a text or a link.",
    input: object({
      sr: subreddit,
      title: text("The title.", { maxLength: 300 }),
      kind: choice("What it is.", ["self", "link"]),
      text: optional(text("The text, in Markdown.")),
      url: optional(text("The link.")),
    }),
    scopes: ["submit"],
    source: `${docs}#POST_api_submit`,
    http: { method: "POST", path: "/api/submit", body: "form", fixed: { api_type: "json" } },
  },
  {
    slug: "comment",
    name: "Comment",
    description: "Answers a post or a comment.",
    input: object({
      thing_id: text("What is answered: its full name, t3_… or t1_…"),
      text: text("The text, in Markdown."),
    }),
    scopes: ["submit"],
    source: `${docs}#POST_api_comment`,
    http: { method: "POST", path: "/api/comment", body: "form", fixed: { api_type: "json" } },
  },
];
