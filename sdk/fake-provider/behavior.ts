/** The places where a fake provider is asked something. `other`: nothing of the definition is there. */
export type FakeEndpoint =
  "authorize" | "token" | "revoke" | "introspect" | "lookup" | "verification" | "action" | "api" | "other";

/** One request as the provider received it, and how it was answered. */
export interface FakeRequest {
  readonly endpoint: FakeEndpoint;
  /** The slug of the action whose address this is. */
  readonly action: string | null;
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** SHA-256 fingerprint of the certificate that the client presented. */
  readonly certificate: string | null;
}

/** A request of the provider's log. */
export interface FakeLogEntry extends FakeRequest {
  /** Null: the connection was broken instead. */
  readonly status: number | null;
}

/** What the provider answers. Objects are sent as JSON. */
export interface FakeAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** What the definition leaves open about a provider. Everything is optional. Durations are in seconds. */
export interface FakeBehavior {
  /** The auth method to serve. Default: the definition's default. */
  readonly method?: string;
  /**
   * Connection fields that are accepted, the secret ones too. Default: each field's own default, placeholder or
   * first option; otherwise something made up that fits its format.
   */
  readonly fields?: Readonly<Record<string, string>>;
  /** Whose account it is. Default: `{ id: "account-1", name: "Fake account" }`. */
  readonly account?: { readonly id: string; readonly name?: string };
  /** Kept parts of the callback or the token response, by name. Default: an address of the provider where a URL
   * begins with the part, else something made up. */
  readonly kept?: Readonly<Record<string, string>>;
  /** The one redirect URI that is registered. Default: any, but the token request repeats what was authorized. */
  readonly redirectUri?: string;
  /** Scopes that the person does not allow, although they are asked for. Default: none. */
  readonly withheldScopes?: readonly string[];
  /** How long an access token lives; null: for ever. Default: what the definition assumes, else an hour. */
  readonly accessLifetime?: number | null;
  /** How long a refresh token lives, used or not. Default: what the definition says of idleness and age. */
  readonly refreshLifetime?: number;
  /** Whether the token response says when the token ends. Default: yes, unless the definition assumes a lifetime. */
  readonly tellsExpiry?: boolean;
  /** How a point in time is told. Default: as an epoch number. */
  readonly dateForm?: "epoch" | "iso";
  /** A number told as text: `"3600"`. Default false. */
  readonly expiryAsText?: boolean;
  /** With the rotation `sometimes`: every how many refreshes a new refresh token comes. Default 2. */
  readonly rotateEvery?: number;
  /** What a refresh that does not rotate says of the refresh token. Default `omit`. */
  readonly unrotated?: "omit" | "same" | "empty";
  /** Whether a spent refresh token's use ends the whole grant (RFC 9700 §4.14.2). Default true. */
  readonly reuseDetection?: boolean;
  /** Whether a rotation ends the access tokens before it, once the grace is over. Default true. */
  readonly endsOldAccess?: boolean;
  /** How a refresh of another token set is answered: at the main set's paths, or at its own. Default `main`. */
  readonly setsAnswerAt?: "main" | "own";
  /** The status of errors of the token endpoint. Default 400, and 401 for a wrong client. */
  readonly errorStatus?: number;
  /** How token responses are written where the definition's format is `auto`. Default `json`. */
  readonly format?: "json" | "form";
  /** Speaks TLS, and knows the app by its certificate where the client authentication is `tls`. All PEM. */
  readonly tls?: { readonly key: string; readonly certificate: string; readonly clientCertificate: string };
  /**
   * Answers requests to the API before any credential is looked at: the login calls of a custom method's handler.
   * Undefined: it is no such call.
   */
  readonly login?: (request: FakeRequest) => FakeAnswer | undefined;
  /** Answers requests to the API that have a good credential; undefined: the provider's own answer. */
  readonly answer?: (request: FakeRequest) => FakeAnswer | undefined;
  /** The provider's clock, epoch milliseconds. Default: the machine's. */
  readonly now?: () => number;
}

/** Something that goes wrong instead of the answer. */
export interface Mishap {
  readonly status?: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long nothing comes, in milliseconds. */
  readonly delayMs?: number;
  /** The connection is broken without an answer. */
  readonly reset?: boolean;
  /** The answer comes byte by byte, so many milliseconds apart. */
  readonly dripMs?: number;
  /** A body of that many bytes. */
  readonly hugeBytes?: number;
  /** A web page with status 200, unless `status` says otherwise. */
  readonly html?: boolean;
  /**
   * The request is carried out first, and only its answer is lost or changed: a refresh token is spent all the same.
   * Default false.
   */
  readonly afterwards?: boolean;
}

/** How often the provider was asked, and what it noticed. */
export interface FakeCounts {
  readonly authorizations: number;
  /** All requests to the token endpoints. */
  readonly tokenCalls: number;
  /** Those of them that renew: by refresh token or exchange. */
  readonly refreshCalls: number;
  /** Renewals that succeeded. */
  readonly refreshed: number;
  readonly revocations: number;
  readonly introspections: number;
  /** Requests to the API, with those of them that had no good credential. */
  readonly apiCalls: number;
  readonly apiRefusals: number;
  /** Spent refresh tokens or codes that were used again. */
  readonly reuses: number;
}
