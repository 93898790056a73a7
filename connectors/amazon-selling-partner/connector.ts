import { days } from "#connectors/days.ts";
import { remembered } from "#connectors/sources.ts";
import { defineConnector } from "#sdk/connector/define.ts";
import { actions } from "./actions.ts";

export const connector = defineConnector({
  slug: "amazon-selling-partner",
  name: "Amazon Selling Partner",
  description: "Orders and listings of an Amazon seller, by the Selling Partner API.",
  domain: "amazon.com",
  visibility: "public",
  categories: ["commerce"],
  sources: remembered(
    "https://developer-docs.amazon.com/sp-api/docs/website-authorization-workflow",
    "https://developer-docs.amazon.com/sp-api/docs/connect-to-the-selling-partner-api",
    "https://developer-docs.amazon.com/sp-api/docs/sp-api-endpoints",
  ),
  fields: {
    applicationId: {
      label: "Application id",
      description: "Of the app in Seller Central.",
      placeholder: "amzn1.sp.solution.…",
    },
    sellerCentral: {
      label: "Seller Central",
      format: "hostname",
      default: "sellercentral.amazon.com",
      options: [
        { value: "sellercentral.amazon.com", label: "North America" },
        { value: "sellercentral-europe.amazon.com", label: "Europe" },
        { value: "sellercentral.amazon.co.jp", label: "Japan" },
      ],
    },
    region: {
      label: "Region",
      format: "label",
      default: "sellingpartnerapi-na",
      options: [
        { value: "sellingpartnerapi-na", label: "North America" },
        { value: "sellingpartnerapi-eu", label: "Europe" },
        { value: "sellingpartnerapi-fe", label: "Far East" },
      ],
    },
  },
  hosts: ["{region}.amazon.com", "{sellerCentral}", "api.amazon.com"],
  baseUrl: "https://{region}.amazon.com",
  auth: [
    {
      id: "oauth",
      type: "oauth2",
      label: "Sign in with Seller Central",
      authorizeUrl: "https://{sellerCentral}/apps/authorize/consent",
      tokenUrl: "https://api.amazon.com/auth/o2/token",
      pkce: "forbidden",
      authorizeParams: { application_id: "{applicationId}" },
      callback: { code: "spapi_oauth_code", keep: ["selling_partner_id"] },
      response: { expiry: { missing: 3_600 } },
      refresh: { rotation: "never", absoluteLifetime: days(365) },
      carry: { headers: { "x-amz-access-token": "{accessToken}" } },
    },
  ],
  verification: {
    path: "/sellers/v1/marketplaceParticipations",
    reason: "errors.0.message",
    account: { id: "{callback.selling_partner_id}" },
  },
  expired: [{ status: [401] }, { status: [403], path: "errors.0.code", equals: "Unauthorized" }],
  pagination: { type: "cursor", items: "payload.Orders", cursor: "payload.NextToken", param: "NextToken" },
  actions,
});
