import { copies, remembered } from "#connectors/sources.ts";
import { defineConnector } from "#sdk/connector/define.ts";
import { actions } from "./actions.ts";

export const connector = defineConnector({
  slug: "salesforce",
  name: "Salesforce",
  description: "Records of a Salesforce org: leads, accounts, opportunities and own objects.",
  domain: "salesforce.com",
  visibility: "public",
  categories: ["crm"],
  sources: [
    ...copies(
      "https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_refresh_token_flow_ca.htm",
      "https://developer.salesforce.com/docs/atlas.en-us.218.0.api_rest.meta/api_rest/intro_understanding_refresh_token_oauth.htm",
      "https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_pkce.htm",
      "https://help.salesforce.com/HTViewHelpDoc?id=remoteaccess_oauth_web_server_flow.htm&language=en_US",
      "https://developer.salesforce.com/docs/atlas.en-us.236.0.api_rest.meta/api/dome_upsert.htm",
      "https://developer.salesforce.com/docs/atlas.en-us.258.0.api_rest.meta/api/resources_sobject_upsert.htm",
    ),
    ...remembered(
      "https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_query.htm",
      "https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm",
      "https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_revoke_token.htm",
    ),
  ],
  fields: {
    loginHost: {
      label: "Login host",
      description: "login.salesforce.com, test.salesforce.com for sandboxes, or the org's own My Domain.",
      default: "login.salesforce.com",
      format: "hostname",
      pattern: "([a-z0-9-]+\\.)+salesforce\\.com",
      patternHint: "must be a host of salesforce.com",
    },
  },
  hosts: ["{loginHost}", "*.salesforce.com"],
  baseUrl: "{token.instance_url}/services/data/v62.0",
  auth: [
    {
      id: "oauth",
      type: "oauth2",
      label: "Sign in with Salesforce",
      authorizeUrl: "https://{loginHost}/services/oauth2/authorize",
      tokenUrl: "https://{loginHost}/services/oauth2/token",
      revokeUrl: "https://{loginHost}/services/oauth2/revoke",
      pkce: "optional",
      scopes: {
        available: {
          api: "Read and write data.",
          refresh_token: "Stay connected.",
          openid: "Who the account is.",
        },
        default: ["api", "refresh_token", "openid"],
      },
      // The response has no lifetime; sessions end after two hours of idleness unless the org says otherwise.
      response: { expiry: { missing: 7_200 }, keep: { instance_url: "instance_url" } },
      refresh: { rotation: "sometimes", margin: 900 },
    },
    {
      id: "client-credentials",
      type: "oauth2",
      label: "As the app itself",
      description: "For apps with a run-as user; the login host must be the org's own My Domain.",
      grant: "client_credentials",
      tokenUrl: "https://{loginHost}/services/oauth2/token",
      response: { expiry: { missing: 7_200 }, keep: { instance_url: "instance_url" } },
      refresh: { by: "again", margin: 900 },
    },
  ],
  verification: {
    baseUrl: "{token.instance_url}",
    path: "/services/oauth2/userinfo",
    account: { id: "user_id", name: "preferred_username" },
  },
  expired: [{ status: [401] }, { path: "0.errorCode", equals: "INVALID_SESSION_ID" }],
  policy: { retry: { limited: [{ status: [403], path: "0.errorCode", equals: "REQUEST_LIMIT_EXCEEDED" }] } },
  pagination: { type: "link", items: "records", path: "nextRecordsUrl" },
  actions,
});
