import type { EgressSecret } from "#runtime/egress/fetch.ts";
import type { Connector } from "#sdk/connector/schema.ts";

/**
 * How a request is made with a connection, right now. Values are placeholders; `secrets` has what stands for them and
 * the hosts that they may travel to, so that egress fills them in and refuses every other destination.
 */
export interface Authorization {
  /** The credential's version that this was made from. */
  readonly version: number;
  /** Resolved, without a trailing slash. */
  readonly baseUrl: string;
  /** Resolved host patterns: where requests with this connection may go. */
  readonly hosts: readonly string[];
  /** Headers and query parameters that carry the credential, and the connector's own headers. */
  readonly headers: readonly (readonly [string, string])[];
  readonly query: readonly (readonly [string, string])[];
  readonly secrets: readonly EgressSecret[];
  /** Why a renewal that was asked for was not made, and what to do. */
  readonly unrenewed?: string;
}

/** One connection in the hands of one run (or one test of it). */
export interface ConnectionAccess {
  readonly connectionId: string;
  /** The connector's slug with its definition, as it was when the run began. */
  readonly connector: Connector;
  /** Plain fields of the connection, such as its subdomain. */
  readonly fields: Readonly<Record<string, string>>;
  /**
   * A credential that is good for the next moments; renews an ended one first.
   * @throws TenonError `TENON_CONNECTION_REAUTHORIZE`, `TENON_CONNECTION_UNAVAILABLE` and the like, which tell whom to ask.
   */
  authorize(): Promise<Authorization>;
  /** After the provider said that `version` has ended: the next one, made once however many ask for it. */
  renew(version: number): Promise<Authorization>;
}
