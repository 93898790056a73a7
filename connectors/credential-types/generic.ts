import type { CredentialTypeInput } from "#sdk/connector/credential-type.ts";

const host = {
  label: "Host",
  description: "The API's host name, without https:// and path.",
  placeholder: "api.example.com",
  format: "hostname",
} as const;

/** Ways to authenticate that belong to no vendor. */
export const genericTypes: readonly CredentialTypeInput[] = [
  {
    slug: "basic-auth",
    name: "User name and password",
    category: "generic",
    description: "HTTP Basic authentication.",
    keywords: ["basic", "http", "login"],
    docs: "https://www.rfc-editor.org/rfc/rfc7617",
    fields: { host, username: { label: "User name" }, password: { label: "Password", type: "password" } },
    carry: { basic: { username: "{username}", password: "{password}" } },
    hosts: ["{host}"],
  },
  {
    slug: "bearer-token",
    name: "Bearer token",
    category: "generic",
    description: "A token in the header Authorization.",
    keywords: ["token", "http", "jwt"],
    docs: "https://www.rfc-editor.org/rfc/rfc6750",
    fields: { host, token: { label: "Token", type: "password" } },
    carry: { headers: { authorization: "Bearer {token}" } },
    hosts: ["{host}"],
  },
  {
    slug: "api-key-header",
    name: "API key in a header",
    category: "generic",
    description: "A key in the header X-API-Key. For another header make an own type.",
    keywords: ["key", "http", "x-api-key"],
    fields: { host, apiKey: { label: "API key", type: "password" } },
    carry: { headers: { "x-api-key": "{apiKey}" } },
    hosts: ["{host}"],
  },
  {
    slug: "api-key-query",
    name: "API key in the query",
    category: "generic",
    description:
      "A key as the query parameter api_key. Queries often end up in logs: prefer a header where there is a choice.",
    keywords: ["key", "http", "query", "parameter"],
    fields: { host, apiKey: { label: "API key", type: "password" } },
    carry: { query: { api_key: "{apiKey}" } },
    hosts: ["{host}"],
  },
  {
    slug: "oauth-client",
    name: "OAuth client credentials",
    category: "generic",
    description: "An OAuth 2.0 client that gets tokens for itself.",
    keywords: ["oauth", "client", "machine", "m2m"],
    docs: "https://www.rfc-editor.org/rfc/rfc6749#section-4.4",
    fields: {
      tokenUrl: { label: "Token URL", pattern: "https://.+", patternHint: "must begin with https://" },
      clientId: { label: "Client id" },
      clientSecret: { label: "Client secret", type: "password" },
      scope: { label: "Scopes", description: "Joined by spaces.", required: false },
      audience: { label: "Audience", required: false },
    },
  },
  {
    slug: "key-and-secret",
    name: "Key and secret",
    category: "generic",
    description: "A public key id and a secret that requests are signed with.",
    keywords: ["hmac", "signature", "pair"],
    fields: { key: { label: "Key" }, secret: { label: "Secret", type: "password" } },
  },
  {
    slug: "text",
    name: "Secret text",
    category: "generic",
    description: "Any secret text.",
    keywords: ["custom", "other", "value"],
    fields: { value: { label: "Value", type: "password" } },
  },
];
