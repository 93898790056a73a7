import type { Egress } from "#runtime/egress/fetch.ts";
import type { AuthMethodOf } from "#sdk/connector/auth.ts";
import type { Connector } from "#sdk/connector/schema.ts";
import type { Credential, OAuthApp } from "../credential.ts";

/** What every leg of OAuth works with. */
export interface OAuthContext {
  readonly connector: Connector;
  readonly method: AuthMethodOf<"oauth2">;
  readonly app: OAuthApp;
  /** Fields of the connection. Secret ones may be among them: they go into a new credential's `fields`. */
  readonly fields: Readonly<Record<string, string>>;
  readonly egress: Egress;
  readonly redirectUri: string;
  /** Gives up early; a leg has 30 s in any case. */
  readonly signal: AbortSignal;
  /** Where giving up costs more than waiting: how long one request may take, in milliseconds, instead of 30 s. */
  readonly deadlineMs?: number;
  /** Epoch milliseconds. Default: the system's clock. */
  readonly now?: () => number;
  /** Keeps what was renewed so far before the next token set is asked for: it may be the only copy of a refresh token. */
  readonly keep?: (credential: Credential) => Promise<void>;
}

/** What asking a token endpoint came to. It is never an exception: whatever the other side does has a name here. */
export type TokenAnswer =
  | { readonly kind: "tokens"; readonly credential: Credential }
  /** The provider understood and said no. */
  | {
      readonly kind: "refused";
      readonly code: "invalid_grant" | "invalid_client" | "other";
      readonly message: string;
    }
  /** No answer, or none that can be understood: 5xx, 429, timeout, HTML, reset, nonsense. */
  | {
      readonly kind: "unavailable";
      readonly message: string;
      readonly retryAfterMs: number | null;
      /** Whether the provider may have done what was asked, as with an answer that was lost on its way. */
      readonly mayHaveArrived: boolean;
    };
