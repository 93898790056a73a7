import { days } from "#connectors/days.ts";
import { copies } from "#connectors/sources.ts";
import { defineConnector } from "#sdk/connector/define.ts";
import { actions } from "./actions.ts";

export const connector = defineConnector({
  slug: "github",
  name: "GitHub",
  description: "Repositories, issues, pull requests and files on GitHub.",
  domain: "github.com",
  visibility: "public",
  categories: ["developer-tools"],
  sources: copies(
    "https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps",
    "https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens",
    "https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-user-access-token-for-a-github-app",
    "https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api",
    "https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api",
    "https://github.com/github/rest-api-description",
  ),
  hosts: ["api.github.com", "github.com"],
  baseUrl: "https://api.github.com",
  headers: {
    accept: "application/vnd.github+json",
    "x-github-api-version": "2022-11-28",
    "user-agent": "tenon",
  },
  auth: [
    {
      id: "oauth",
      type: "oauth2",
      label: "Sign in with GitHub",
      authorizeUrl: "https://github.com/login/oauth/authorize",
      tokenUrl: "https://github.com/login/oauth/access_token",
      pkce: "optional",
      scopes: {
        available: {
          repo: "Read and write repositories, private ones too.",
          "read:user": "Read the profile.",
          "user:email": "Read e-mail addresses.",
          "read:org": "Read organizations and teams.",
          workflow: "Change workflow files.",
          gist: "Write gists.",
        },
        default: ["repo", "read:user"],
      },
      // Without it the token response is form-encoded.
      request: { headers: { accept: "application/json" } },
      response: {
        refreshExpiresIn: "refresh_token_expires_in",
        invalidGrant: ["bad_refresh_token", "bad_verification_code"],
        invalidClient: ["incorrect_client_credentials"],
      },
      // Tokens of OAuth apps do not end; those of GitHub Apps end after eight hours, their refresh tokens after six months.
      refresh: { rotation: "always", idleLifetime: days(183) },
    },
    {
      id: "token",
      type: "bearer",
      label: "Personal access token",
      help: "Settings → Developer settings → Personal access tokens.",
      fields: { token: { label: "Token", type: "password", placeholder: "github_pat_…" } },
    },
  ],
  verification: { path: "/user", reason: "message", account: { id: "id", name: "login" } },
  policy: {
    retry: {
      limited: [
        { status: [403], headers: { "x-ratelimit-remaining": "0" } },
        // Secondary limits are told by the page that the answer points to, which has moved.
        {
          status: [403],
          path: "documentation_url",
          equals:
            "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits",
        },
        {
          status: [403],
          path: "documentation_url",
          equals:
            "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits",
        },
      ],
      reset: "x-ratelimit-reset",
    },
  },
  pagination: { type: "link" },
  actions,
  events: [
    { slug: "push", name: "Commits pushed", match: { header: "x-github-event", equals: "push" } },
    { slug: "issues", name: "Issue changed", match: { header: "x-github-event", equals: "issues" } },
    {
      slug: "pull-request",
      name: "Pull request changed",
      match: { header: "x-github-event", equals: "pull_request" },
    },
  ],
});
