import { randomUUID } from "node:crypto";
import { at, get, post } from "./client-request.ts";
import type { Transport } from "./client-request.ts";
import type {
  Authorization,
  Connection,
  ConnectionRefresh,
  ConnectionStatus,
  ConnectionUse,
  ConnectorActionResource,
  ConnectorResource,
  ConnectorSummary,
  ConnectorValidation,
  ConnectSession,
  Disconnection,
  NewConnectSession,
  OAuthApp,
  Reconnection,
  Verification,
} from "./connection-resources.ts";
import type { Page, PageQuery } from "./resources.ts";

/** Filters of lists of connectors and their actions. */
export interface SearchQuery extends PageQuery {
  /** Only those whose slug, name or description has this text. */
  readonly search?: string;
}

/** Filters of the list of connections. Ids or slugs. */
export interface ConnectionQuery extends PageQuery {
  readonly environment?: string;
  readonly connector?: string;
  readonly customer?: string;
  /** The customer's own id of its user. */
  readonly user?: string;
  readonly owner?: Connection["owner"]["kind"];
  readonly status?: ConnectionStatus;
  readonly tag?: string;
  /** Only those that end within 30 days, or only the others. */
  readonly expiringSoon?: boolean;
}

/** What a new connection is made of. */
export interface NewConnection {
  readonly connector: string;
  /** Default: the connector's own default. */
  readonly method?: string;
  /** Id or slug. */
  readonly environment: string;
  /** Whose account it is; without one, the organization's own. Id or slug. */
  readonly customer?: string | null;
  /** The customer's own id of its user, when the account is this user's alone. */
  readonly user?: string | null;
  /** Default: the connector's name. */
  readonly name?: string;
  readonly description?: string;
  /** What the connector asks for, by field name. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly tags?: readonly string[];
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** What is asked of the provider's page. */
export interface Consent {
  /** Asked for instead of the default ones. */
  readonly scopes?: readonly string[];
  /** Where the browser goes in the end; without one, it stays on Tenon's page. */
  readonly returnUrl?: string | null;
}

/** The secrets of an OAuth app. */
export interface OAuthAppSecrets {
  readonly clientSecret?: string;
  /** PKCS #8 PEM, where the provider wants `private_key_jwt`. */
  readonly privateKey?: string;
  readonly keyId?: string;
  /** PEM, where the provider wants mutual TLS. */
  readonly certificate?: string;
  readonly certificateKey?: string;
}

/** Connectors: built-in ones and the organization's own. */
export function connectors({ json }: Transport) {
  return {
    list: (query: SearchQuery & { source?: ConnectorSummary["source"]; category?: string } = {}) =>
      json<Page<ConnectorSummary>>(get("/connectors", { ...query })),
    get: (connector: string) => json<ConnectorResource>(get(at`/connectors/${connector}`)),
    create: (definition: object) => json<ConnectorResource>(post("/connectors", { definition })),
    /** Publishes a new version. Refused where it lacks what is in use, unless `acceptBreaking`. */
    update: (connector: string, body: { definition: object; acceptBreaking?: boolean }) =>
      json<ConnectorResource>({ method: "PUT", path: at`/connectors/${connector}`, body }),
    /** Refused while it is in use. */
    remove: (connector: string) => json<void>({ method: "DELETE", path: at`/connectors/${connector}` }),
    /** Says what is wrong with a definition; stores nothing. */
    validate: (definition: object) => json<ConnectorValidation>(post("/connectors/validate", { definition })),
    actions: (connector: string, query: SearchQuery = {}) =>
      json<Page<ConnectorActionResource>>(get(at`/connectors/${connector}/actions`, { ...query })),
  };
}

/** Connections: authenticated accounts. */
export function connections({ json }: Transport) {
  return {
    list: (query: ConnectionQuery = {}) => json<Page<Connection>>(get("/connections", { ...query })),
    get: (connection: string) => json<Connection>(get(at`/connections/${connection}`)),
    /** With a pasted credential, which is tried out first unless `verify` is false. */
    create: (body: NewConnection & { verify?: boolean }) =>
      json<Connection>({ ...post("/connections", body), headers: { "idempotency-key": randomUUID() } }),
    /** Where the account's owner allows it: the connection is made when they come back. */
    authorize: (body: NewConnection & Consent) => json<Authorization>(post("/connections/authorize", body)),
    /** A field that is not sent, or blank, keeps its value. */
    update: (
      connection: string,
      body: Pick<NewConnection, "name" | "description" | "fields" | "tags" | "metadata"> & {
        verify?: boolean;
      },
    ) => json<Connection>({ method: "PATCH", path: at`/connections/${connection}`, body }),
    /** Asks the provider now whether the credential works. */
    test: (connection: string) => json<Verification>(post(at`/connections/${connection}/test`)),
    /** Renews its token now. */
    refresh: (connection: string) => json<ConnectionRefresh>(post(at`/connections/${connection}/refresh`)),
    /** In place. Where consent is needed, the answer is the provider's page. */
    reconnect: (
      connection: string,
      body: Consent & { method?: string; fields?: Readonly<Record<string, string>>; verify?: boolean } = {},
    ) => json<Reconnection | Authorization>(post(at`/connections/${connection}/reconnect`, body)),
    /** Ends the credential at the provider, and forgets it. */
    disconnect: (connection: string) => json<Disconnection>(post(at`/connections/${connection}/disconnect`)),
    /** Refused while deployed workflows need it, unless forced. */
    remove: (connection: string, { force }: { force?: boolean } = {}) =>
      json<void>({ method: "DELETE", path: at`/connections/${connection}`, query: { force } }),
    usedBy: (connection: string) =>
      json<{ readonly data: readonly ConnectionUse[] }>(get(at`/connections/${connection}/used-by`)),
  };
}

/** OAuth apps: the clients that you registered with providers. */
export function oauthApps({ json }: Transport) {
  return {
    list: (query: PageQuery & { connector?: string; environment?: string } = {}) =>
      json<Page<OAuthApp>>(get("/oauth-apps", { ...query })),
    get: (app: string) => json<OAuthApp>(get(at`/oauth-apps/${app}`)),
    create: (
      body: OAuthAppSecrets & {
        connector: string;
        environment?: string | null;
        name?: string;
        clientId: string;
        scopes?: readonly string[] | null;
      },
    ) => json<OAuthApp>(post("/oauth-apps", body)),
    /** A secret that is not sent, or blank, stays. */
    update: (
      app: string,
      body: OAuthAppSecrets & { name?: string; clientId?: string; scopes?: readonly string[] | null },
    ) => json<OAuthApp>({ method: "PATCH", path: at`/oauth-apps/${app}`, body }),
    remove: (app: string) => json<void>({ method: "DELETE", path: at`/oauth-apps/${app}` }),
  };
}

/** Connect sessions: pages on which your customers connect their accounts. */
export function connectSessions({ json }: Transport) {
  return {
    list: (query: PageQuery & { customer?: string } = {}) =>
      json<Page<ConnectSession>>(get("/connect-sessions", { ...query })),
    get: (session: string) => json<ConnectSession>(get(at`/connect-sessions/${session}`)),
    /** Needs either `connectors` or the `connection` to be renewed. */
    create: (body: {
      environment: string;
      customer: string;
      customerUser?: string;
      kind?: "session" | "link";
      connectors?: readonly string[];
      connection?: string;
      allowedOrigins?: readonly string[];
      redirectUrl?: string;
      /** Seconds. */
      expiresIn?: number;
      metadata?: Readonly<Record<string, unknown>>;
    }) => json<NewConnectSession>(post("/connect-sessions", body)),
    revoke: (session: string) => json<void>({ method: "DELETE", path: at`/connect-sessions/${session}` }),
  };
}
