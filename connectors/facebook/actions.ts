import { object, optional, text } from "#connectors/json-schema.ts";
import type { ActionInput } from "#sdk/connector/action.ts";

const docs = "https://developers.facebook.com/docs";
const pages = { type: "link", items: "data", path: "paging.next" } as const;
const fields = optional(text("Which fields are returned, joined by commas."));

export const actions: ActionInput[] = [
  {
    slug: "list-pages",
    name: "List pages",
    description: "Lists the pages that the account manages. As a person.",
    input: object({ fields }),
    scopes: ["pages_show_list"],
    source: `${docs}/graph-api/reference/user/accounts/`,
    http: { method: "GET", path: "/me/accounts", pagination: pages },
  },
  {
    slug: "list-posts",
    name: "List posts of a page",
    description: "Lists what a page has posted. With a token of the page.",
    input: object({ pageId: text("The page's id."), fields }),
    scopes: ["pages_read_engagement"],
    source: `${docs}/graph-api/reference/page/feed/`,
    http: { method: "GET", path: "/{pageId}/posts", pagination: pages },
  },
  {
    slug: "list-comments",
    name: "List comments of a post",
    description: "Lists the comments of a page's post. With a token of the page.",
    input: object({ postId: text("The post's id."), fields }),
    scopes: ["pages_read_engagement", "pages_read_user_content"],
    source: `${docs}/graph-api/reference/object/comments/`,
    http: { method: "GET", path: "/{postId}/comments", pagination: pages },
  },
];
