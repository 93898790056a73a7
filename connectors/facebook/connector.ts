import { days } from "#connectors/days.ts";
import { copies, remembered } from "#connectors/sources.ts";
import { defineConnector } from "#sdk/connector/define.ts";
import { actions } from "./actions.ts";

export const connector = defineConnector({
  slug: "facebook",
  name: "Facebook Pages",
  description: "Posts and comments of pages on Facebook, by the Graph API.",
  domain: "facebook.com",
  visibility: "public",
  categories: ["social", "marketing"],
  sources: [
    ...copies(
      "https://developers.secure.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived",
      "https://developers.secure.facebook.com/docs/facebook-login/guides/advanced/manual-flow",
      "https://developers.facebook.com/docs/pages/access-tokens",
      "https://developers.facebook.com/docs/pages/guides",
      "https://developers.facebook.com/docs/graph-api/advanced/rate-limiting",
      "https://github.com/facebook/facebook-python-business-sdk",
    ),
    ...remembered(
      "https://developers.facebook.com/docs/pages-api",
      "https://developers.facebook.com/docs/graph-api/overview/rate-limiting",
    ),
  ],
  hosts: ["graph.facebook.com", "www.facebook.com"],
  baseUrl: "https://graph.facebook.com/v25.0",
  auth: [
    {
      id: "oauth",
      type: "oauth2",
      label: "Sign in with Facebook",
      description: "As a person: lists the pages. What stands on a page is read with a token of the page.",
      authorizeUrl: "https://www.facebook.com/v25.0/dialog/oauth",
      tokenUrl: "https://graph.facebook.com/v25.0/oauth/access_token",
      pkce: "forbidden",
      scopes: {
        separator: ",",
        available: {
          pages_show_list: "See the pages.",
          pages_read_engagement: "Read posts.",
          pages_read_user_content: "Read what others write on pages, such as comments.",
          pages_manage_posts: "Write posts.",
          pages_manage_engagement: "Answer comments.",
        },
        default: ["pages_show_list", "pages_read_engagement", "pages_manage_posts"],
      },
      request: { method: "GET", body: "query" },
      response: {
        expiry: { missing: days(60) },
        error: "error.code",
        errorDescription: "error.message",
        // 190: the access token is invalid or ended.
        invalidGrant: ["190"],
      },
      // There is no refresh token: the access token is traded for one that lives for 60 days, and again before its end.
      refresh: {
        by: "exchange",
        exchange: { grantType: "fb_exchange_token", tokenParam: "fb_exchange_token" },
        margin: days(7),
      },
    },
    {
      id: "page-token",
      type: "bearer",
      label: "Page access token",
      help: "The access_token of a page in /me/accounts; asked with a long-lived token of a person, it does not end.",
    },
  ],
  verification: { path: "/me", reason: "error.message", account: { id: "id", name: "name" } },
  expired: [{ status: [401] }, { path: "error.code", equals: "190" }],
  policy: {
    retry: {
      limited: [
        { path: "error.code", equals: "4" },
        { path: "error.code", equals: "17" },
        { path: "error.code", equals: "32" },
      ],
    },
  },
  pagination: { type: "link", items: "data", path: "paging.next" },
  actions,
});
