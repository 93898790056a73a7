/** One access token and what renews it. Times are epoch milliseconds of our own clock. */
export interface TokenSet {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  /** Null: it does not end, or nobody knows when. */
  readonly expiresAt: number | null;
  /** The refresh token's end, where the provider told it. */
  readonly refreshExpiresAt: number | null;
  readonly scopes: readonly string[];
  readonly issuedAt: number;
}

/** What `credentials.data_sealed` holds, as JSON. */
export interface Credential {
  /** Secret fields that were pasted, by name. Plain ones are in `connections.fields`. */
  readonly fields: Readonly<Record<string, string>>;
  /** `main`, and the connector's other sets by name. Empty for methods without tokens. */
  readonly tokens: Readonly<Record<string, TokenSet>>;
  /** Kept parameters of the OAuth callback. */
  readonly callback: Readonly<Record<string, string>>;
  /** Kept parts of the token response. */
  readonly token: Readonly<Record<string, string>>;
  /** When the account was authorized, epoch milliseconds: what absolute lifetimes count from. */
  readonly authorizedAt: number;
}

/** An OAuth app with its secrets, opened. */
export interface OAuthApp {
  /** Null: it is the operator's, and no row of the organization's. */
  readonly id: string | null;
  readonly clientId: string;
  readonly clientSecret: string | null;
  /** PKCS #8 PEM, for `private_key_jwt`. */
  readonly privateKey: string | null;
  readonly keyId: string | null;
  /** PEM, for mutual TLS. */
  readonly certificate: string | null;
  readonly certificateKey: string | null;
  /** Asked for instead of the connector's own; null or absent: the connector's own. */
  readonly scopes?: readonly string[] | null;
}

/** The earliest end of the credential's access tokens; null: none ends. */
export function expiresAt(credential: Credential): number | null {
  const ends = Object.values(credential.tokens).flatMap((set) => set.expiresAt ?? []);
  return ends.length === 0 ? null : Math.min(...ends);
}
