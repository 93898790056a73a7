import type { Mention } from "./resources.ts";

/** How an account is authenticated. */
export type AuthMethodType = "none" | "basic" | "bearer" | "api-key" | "oauth2" | "custom";

/** A connector as lists show it. */
export interface ConnectorSummary {
  /** `null` for a built-in one: its slug names it. */
  readonly id: string | null;
  readonly slug: string;
  /** Whether it ships with the product or is the organization's own. */
  readonly source: "built-in" | "organization";
  readonly version: number;
  readonly name: string;
  readonly description: string;
  readonly domain: string | null;
  readonly icon: string | null;
  readonly visibility: "private" | "public";
  readonly categories: readonly string[];
  /** How many it has. */
  readonly actions: number;
  /** How many it has. */
  readonly events: number;
  readonly auth: readonly { readonly id: string; readonly type: AuthMethodType; readonly label: string }[];
}

/** One thing that a connection is asked for. */
export interface ConnectorField {
  readonly name: string;
  readonly label: string;
  readonly description: string | null;
  readonly type: "string" | "password" | "number" | "boolean";
  /** Sealed, and never shown again. */
  readonly secret: boolean;
  readonly required: boolean;
  readonly default: string | null;
  readonly placeholder: string | null;
  readonly pattern: string | null;
  readonly options: readonly { readonly value: string; readonly label: string }[] | null;
}

/** One way to authenticate. */
export interface ConnectorMethod {
  readonly id: string;
  readonly type: AuthMethodType;
  readonly label: string;
  readonly description: string | null;
  /** Where a person gets the credential. */
  readonly help: string | null;
  readonly default: boolean;
  /** Whether the account's owner allows it on the provider's page; else it is pasted. */
  readonly consent: boolean;
  readonly fields: readonly ConnectorField[];
}

/** A connector with its definition. */
export interface ConnectorResource extends Omit<ConnectorSummary, "auth"> {
  readonly auth: readonly ConnectorMethod[];
  /** The whole definition, with its defaults filled in. */
  readonly definition: Readonly<Record<string, unknown>>;
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
}

/** One thing that a connector can do. */
export interface ConnectorActionResource {
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  /** JSON Schema. */
  readonly input: unknown;
  /** JSON Schema. */
  readonly output: unknown;
  /** Whether its output is a list of many pages. */
  readonly paginated: boolean;
  readonly idempotent: boolean;
  readonly scopes: readonly string[];
  readonly kind: "http" | "code";
  readonly source: string | null;
}

/** What the server thinks of a definition. */
export interface ConnectorValidation {
  readonly valid: boolean;
  readonly issues: readonly DefinitionFinding[];
  readonly warnings: readonly DefinitionFinding[];
}

/** Something to mend in a definition, and where. */
export interface DefinitionFinding {
  readonly path: string;
  readonly message: string;
}

/** How a connection does. `reauthorize`: the account must be connected again. */
export type ConnectionStatus =
  | "unverified"
  | "healthy"
  | "degraded"
  | "reauthorize"
  | "app_misconfigured"
  | "provider_down"
  | "disconnected";

/** How the request went that tells whether a credential works. */
export interface Verification {
  readonly ok: boolean;
  /** The provider's HTTP status; `null`: no answer. */
  readonly status: number | null;
  readonly latencyMs: number;
  /** The provider's reason, without secrets. */
  readonly reason: string | null;
  readonly at: string;
}

/** An authenticated account. Its credential is never shown. */
export interface Connection {
  readonly id: string;
  readonly connector: string;
  /** The id of the connector's auth method. */
  readonly method: string;
  readonly name: string;
  readonly description: string;
  readonly environment: Mention;
  readonly owner: {
    readonly kind: "organization" | "customer" | "user";
    readonly customer: Mention | null;
    /** The customer's own id of its user. */
    readonly user: string | null;
  };
  readonly status: ConnectionStatus;
  /** Why it is not healthy. */
  readonly problem: { readonly code: string; readonly message: string; readonly at: string } | null;
  /** Plain fields. */
  readonly fields: Readonly<Record<string, string>>;
  /** Names of the secret fields that are set. */
  readonly secrets: readonly string[];
  /** The upstream account, where the provider tells it. */
  readonly account: { readonly id: string; readonly name: string | null } | null;
  readonly scopes: readonly string[];
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
  /** The last one. */
  readonly verification: Verification | null;
  /** When its access token ends; it is renewed before. */
  readonly expiresAt: string | null;
  /**
   * The last moment for a renewal; then it ends for good unless the account is connected again. A renewal puts off
   * what only idleness ends.
   */
  readonly reconnectBy: string | null;
  /** It ends within 30 days, and no renewal puts that off. */
  readonly expiringSoon: boolean;
  readonly refreshedAt: string | null;
  readonly lastUsedAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Where the account's owner has to go. */
export interface Authorization {
  /** Open it in the browser of the account's owner: whoever opens it connects their own account. */
  readonly authorizeUrl: string;
  /** Until then the answer is taken, once. */
  readonly expiresAt: string;
}

/** A connection after its account was connected again. */
export interface Reconnection {
  readonly connection: Connection;
  readonly gainedScopes: readonly string[];
  readonly lostScopes: readonly string[];
}

/** What came of ending a credential at the provider. */
export interface Disconnection {
  /** Whether the provider ended it. */
  readonly revoked: boolean;
  /** Why it did not. */
  readonly reason: string | null;
  readonly connection: Connection;
}

/** What came of renewing a token. `fresh`: somebody else has just renewed it. */
export interface ConnectionRefresh {
  readonly status: "refreshed" | "fresh" | "unavailable" | "reauthorize" | "app_misconfigured";
  readonly message: string | null;
  readonly connection: Connection;
}

/** A deployed workflow that needs a connection. */
export interface ConnectionUse {
  readonly workflow: Mention;
  readonly environment: Mention;
  readonly version: number;
  /** What its code calls the connection. */
  readonly alias: string;
  /** It runs without the connection too. */
  readonly optional: boolean;
}

/** The client that you registered with a provider. No secret of it is ever shown. */
export interface OAuthApp {
  readonly id: string;
  readonly connector: string;
  /** `null`: for every environment without its own. */
  readonly environment: Mention | null;
  readonly name: string;
  readonly clientId: string;
  /** Which secrets are set. */
  readonly secrets: readonly string[];
  /** Asked for instead of the connector's own; `null`: the connector's own. */
  readonly scopes: readonly string[] | null;
  /** Register this at the provider. */
  readonly redirectUri: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A page for one customer on which accounts are connected. */
export interface ConnectSession {
  readonly id: string;
  readonly environment: Mention;
  readonly customer: Mention;
  /** Connections will be this user's; `null`: the whole customer's. */
  readonly customerUser: string | null;
  readonly kind: "session" | "link";
  readonly connectors: readonly string[];
  /** The only connection that it renews. */
  readonly connectionId: string | null;
  readonly allowedOrigins: readonly string[];
  readonly redirectUrl: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly status: "waiting" | "open" | "expired" | "revoked";
  readonly expiresAt: string;
  readonly openedAt: string | null;
  readonly createdAt: string;
}

/** A session just made: the only time that its token is shown. */
export interface NewConnectSession extends ConnectSession {
  readonly token: string | null;
  /** Open it in a popup, a frame or by redirect. */
  readonly url: string | null;
  /** Which connectors cannot be connected on the page yet, and why. */
  readonly warnings: readonly string[];
}
