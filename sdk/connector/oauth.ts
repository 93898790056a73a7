import { z } from "zod";
import { fieldName, jsonPath, template, urlTemplate } from "./text.ts";

const params = z.record(z.string().min(1).max(200), template);
const seconds = z
  .number()
  .int()
  .nonnegative()
  .max(20 * 365 * 86_400);

const tokenMethod = z.enum(["POST", "GET", "PUT"]);
const tokenBody = z.enum(["form", "json", "query"]);
const omitted = z.array(z.string().max(200)).max(20);

/** How a request to a token endpoint is written, where it differs from RFC 6749. */
const tokenRequest = z.strictObject({
  method: tokenMethod.default("POST"),
  /** Where its parameters go. Default `form` (RFC 6749 §4.1.3). */
  body: tokenBody.default("form"),
  headers: params.default({}),
  /** Parameters besides the standard ones; one of the same name replaces it. */
  params: params.default({}),
  /** Standard parameters that must not be sent, such as `redirect_uri`. */
  omit: omitted.default([]),
});

/** How a refresh differs from the first token request; what it does not say is as there. */
const refreshRequest = z.strictObject({
  method: tokenMethod.optional(),
  body: tokenBody.optional(),
  headers: params.optional(),
  params: params.optional(),
  omit: omitted.optional(),
});

/** When a token ends, as the provider tells. Counted from the moment that its answer arrived. */
const expiry = z.strictObject({
  /** Where it stands in the token response. */
  path: jsonPath.default("expires_in"),
  /** `duration`: from now; `date`: a point in time (epoch number or ISO 8601 text); `jwt`: the token's own `exp`. */
  form: z.enum(["duration", "date", "jwt"]).default("duration"),
  unit: z.enum(["seconds", "milliseconds", "minutes"]).default("seconds"),
  /** Assumed when the response does not say: seconds, or `never`, or ask the introspection endpoint (RFC 7662). */
  missing: z.union([seconds, z.enum(["never", "introspect"])]).default("never"),
});

/** Where one token set stands in the token response. */
const tokenSet = z.strictObject({
  accessToken: jsonPath.default("access_token"),
  refreshToken: jsonPath.default("refresh_token"),
  scope: jsonPath.default("scope"),
  expiry: expiry.prefault({}),
  /** Where the refresh token's own lifetime in seconds stands, when the provider tells it. */
  refreshExpiresIn: jsonPath.optional(),
});

/** How a token response reads, where it differs from RFC 6749 §5. */
const tokenResponse = tokenSet.extend({
  /** `auto` goes by the content type. */
  format: z.enum(["auto", "json", "form"]).default("auto"),
  /** Where an error stands: looked at whatever the status is, because some answer 200 (RFC 6749 §5.2: `error`). */
  error: jsonPath.default("error"),
  errorDescription: jsonPath.default("error_description"),
  /** Error texts that mean what `invalid_grant` means, such as `bad_refresh_token`. */
  invalidGrant: z.array(z.string().max(200)).max(50).default([]),
  /** Error texts that mean what `invalid_client` means. */
  invalidClient: z.array(z.string().max(200)).max(50).default([]),
  /** More token sets of the same response, each refreshed with its own refresh token: `{sets.user.accessToken}`. */
  sets: z.record(fieldName, tokenSet).default({}),
  /** Other parts to keep, by name: `{ instance_url: "instance_url" }` fills `{token.instance_url}`. */
  keep: z.record(fieldName, jsonPath).default({}),
});

/** How tokens are renewed. */
const refresh = z.strictObject({
  /**
   * `refresh_token`: RFC 6749 §6; `exchange`: the access token itself is traded for a longer or newer one;
   * `again`: as the app, by the same grant again; `none`: it ends, and the account is connected again.
   */
  by: z.enum(["refresh_token", "exchange", "again", "none"]).default("refresh_token"),
  /** Where, if not at the token URL. */
  url: urlTemplate.optional(),
  request: refreshRequest.optional(),
  /** For `exchange`: the grant type and the parameter that carries the access token. */
  exchange: z.strictObject({ grantType: z.string().max(200), tokenParam: z.string().max(200) }).optional(),
  /** How long before its end a token is renewed, in seconds; at most half of its lifetime. */
  margin: seconds.default(300),
  /** Renewal is refused earlier than this many seconds before the end. Default: allowed at any time. */
  notBefore: seconds.optional(),
  /** Token requests that the provider takes for one OAuth app; for `connection`, for each connection. */
  quota: z
    .strictObject({
      requests: z.number().int().positive(),
      per: seconds.min(1),
      of: z.enum(["app", "connection"]).default("app"),
    })
    .optional(),
  /** Whether a renewal brings a new refresh token and spends the old one. */
  rotation: z.enum(["always", "sometimes", "never"]).default("sometimes"),
  /** How long a spent refresh token still works, in seconds. Default 0: its second use is an error, or worse. */
  grace: seconds.default(0),
  /** A refresh token's end when it is not used, and in any case, in seconds; what "reconnect by" is told from. */
  idleLifetime: seconds.optional(),
  absoluteLifetime: seconds.optional(),
});

/** OAuth 2.0 (RFC 6749), with what providers do differently as data. */
export const oauth2 = z.strictObject({
  type: z.literal("oauth2"),
  grant: z.enum(["authorization_code", "client_credentials"]).default("authorization_code"),
  authorizeUrl: urlTemplate.optional(),
  tokenUrl: urlTemplate,
  /** RFC 7009; called when a connection is disconnected. */
  revokeUrl: urlTemplate.optional(),
  /** Which token is revoked. Default: the refresh token when there is one. */
  revoke: z.enum(["refresh_token", "access_token"]).optional(),
  /** How a revocation is written. Default: a form with the token and its hint (RFC 7009 §2.1). */
  revokeRequest: tokenRequest.optional(),
  /** RFC 7662. */
  introspectUrl: urlTemplate.optional(),
  /** How the app proves itself (RFC 6749 §2.3, RFC 7523 §2.2, RFC 8705). `none`: a public client. */
  clientAuth: z.enum(["basic", "body", "private_key_jwt", "none", "tls"]).default("body"),
  /**
   * How `basic` writes an id or a secret with other characters than letters, digits and `-._~`: `form` encodes them
   * (RFC 6749 §2.3.1), `raw` leaves them as they are, which many providers expect.
   */
  basicEncoding: z.enum(["form", "raw"]).default("form"),
  /** Whom the assertion of `private_key_jwt` is for (RFC 7523 §3). Default: the token URL. */
  assertionAudience: urlTemplate.optional(),
  /** RFC 7636. `optional` sends it; what the authorization request announced, the token request proves. */
  pkce: z.enum(["required", "optional", "forbidden"]).default("required"),
  scopes: z
    .strictObject({
      /** What can be asked for, and what each is for. */
      available: z.record(z.string().max(500), z.string().max(1_000)).default({}),
      /** What is asked for when the connection does not say. */
      default: z.array(z.string().max(500)).max(500).default([]),
      separator: z.enum([" ", ",", "+"]).default(" "),
      param: z.string().max(100).default("scope"),
      /** A second list under its own parameter, such as scopes of the user beside those of the bot. */
      user: z
        .strictObject({
          param: z.string().max(100),
          default: z.array(z.string().max(500)).max(500).default([]),
        })
        .optional(),
    })
    .prefault({}),
  /** More parameters of the authorization request: `access_type: "offline"`. */
  authorizeParams: params.default({}),
  callback: z
    .strictObject({
      /** The name of the parameter that carries the code. */
      code: z.string().max(100).default("code"),
      /** Parameters to keep, such as `realmId`: they fill `{callback.realmId}`. */
      keep: z.array(z.string().max(100)).max(20).default([]),
    })
    .prefault({}),
  request: tokenRequest.prefault({}),
  response: tokenResponse.prefault({}),
  /**
   * A GET after the first exchange, for what the token response does not say, such as the id that stands in every
   * path: `{ url, keep: { cloudId: "0.id" } }` fills `{token.cloudId}`.
   */
  lookup: z
    .strictObject({
      url: urlTemplate,
      headers: params.default({ authorization: "Bearer {accessToken}" }),
      keep: z.record(fieldName, jsonPath),
    })
    .optional(),
  refresh: refresh.prefault({}),
});

export type OAuth2 = z.output<typeof oauth2>;
export type TokenRequest = z.output<typeof tokenRequest>;
export type TokenResponse = z.output<typeof tokenResponse>;
export type TokenSetPaths = z.output<typeof tokenSet>;
