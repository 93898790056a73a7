import { days } from "#connectors/days.ts";
import { copies, remembered } from "#connectors/sources.ts";
import { defineConnector } from "#sdk/connector/define.ts";
import { actions } from "./actions.ts";

export const connector = defineConnector({
  slug: "amazon-selling-partner",
  name: "Amazon Selling Partner",
  description: "Orders and listings of an Amazon seller, by the Selling Partner API.",
  domain: "amazon.com",
  visibility: "public",
  categories: ["commerce"],
  sources: [
    ...copies(
      "https://developer-docs.amazon.com/sp-api/docs/website-authorization-workflow",
      "https://developer-docs.amazon.com/sp-api/docs/connecting-to-the-selling-partner-api",
      "https://developer-docs.amazon.com/sp-api/docs/include-a-user-agent-header-in-all-requests",
      "https://developer-docs.amazon.com/sp-api/docs/sp-api-endpoints",
      "https://developer-docs.amazon.com/sp-api/docs/renew-authorizations",
      "https://github.com/amzn/selling-partner-api-docs/blob/main/guides/en-US/developer-guide/SellingPartnerApiDeveloperGuide.md",
      "https://github.com/amzn/selling-partner-api-models/blob/main/models/orders-api-model/orders_2026-01-01.json",
      "https://github.com/amzn/selling-partner-api-models/blob/main/models/listings-items-api-model/listingsItems_2021-08-01.json",
      "https://github.com/amzn/selling-partner-api-models/blob/main/models/sellers-api-model/sellers.json",
    ),
    ...remembered("https://developer-docs.amazon.com/sp-api/docs/seller-central-urls"),
  ],
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
        { value: "sellercentral.amazon.com", label: "United States" },
        { value: "sellercentral.amazon.ca", label: "Canada" },
        { value: "sellercentral.amazon.com.mx", label: "Mexico" },
        { value: "sellercentral.amazon.com.br", label: "Brazil" },
        {
          value: "sellercentral-europe.amazon.com",
          label: "France, Germany, Italy, Spain, United Kingdom",
        },
        { value: "sellercentral.amazon.ie", label: "Ireland" },
        { value: "sellercentral.amazon.nl", label: "Netherlands" },
        { value: "sellercentral.amazon.com.be", label: "Belgium" },
        { value: "sellercentral.amazon.se", label: "Sweden" },
        { value: "sellercentral.amazon.pl", label: "Poland" },
        { value: "sellercentral.amazon.com.tr", label: "Turkey" },
        { value: "sellercentral.amazon.ae", label: "United Arab Emirates" },
        { value: "sellercentral.amazon.sa", label: "Saudi Arabia" },
        { value: "sellercentral.amazon.eg", label: "Egypt" },
        { value: "sellercentral.amazon.in", label: "India" },
        { value: "sellercentral.amazon.co.za", label: "South Africa" },
        { value: "sellercentral.amazon.sg", label: "Singapore" },
        { value: "sellercentral.amazon.com.au", label: "Australia" },
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
  headers: { "user-agent": "Tenon/1 (Language=TypeScript)" },
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
  pagination: { type: "cursor", items: "orders", cursor: "pagination.nextToken", param: "paginationToken" },
  actions,
});
