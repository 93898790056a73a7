/** How a workflow needs a connection. */
export interface ConnectionNeed {
  /** Slug of the connector: a built-in one, or one of your organization's own. */
  readonly connector: string;
  /**
   * Whose connection it is: that of the run's customer, or the organization's own. Default: the customer's where
   * there is one, else the organization's.
   */
  readonly owner?: "customer" | "organization";
  /** The run goes on without it; `ctx.connections.NAME` is `undefined` then. Default `false`. */
  readonly optional?: boolean;
}

/** An authenticated connection in the hands of a run. The credential itself is never in it. */
export interface ConnectionHandle {
  /**
   * An authenticated request. Like `fetch`, with these differences: a path is taken below the connector's base
   * URL; only the connector's hosts can be reached, checked again on every redirect; the credential's own headers
   * and query parameters win over yours; it is sent again, by the connector's policy, when the answer says "too
   * often" (`Retry-After` is kept to) and, where sending twice is harmless (GET, HEAD, OPTIONS, PUT, DELETE, or
   * with a header `idempotency-key`), after failures; and when the answer says that the token ended, the token is
   * renewed and the request repeated once.
   *
   * @param path - `"/contacts?limit=10"`, or an absolute URL on one of the connector's hosts.
   * @param init - As in the Fetch standard.
   * @returns The response, whatever its status: check `response.ok`.
   * @throws `TENON_CONNECTION_TARGET` (a path that leads elsewhere), `TENON_EGRESS_DENIED` (host not the connector's),
   * `TENON_CONNECTION_REAUTHORIZE` (the account has to be connected again), and what `ctx.fetch` throws.
   *
   * @example
   * ```ts
   * const response = await ctx.connections.crm.fetch("/contacts", {
   *   method: "POST",
   *   headers: { "content-type": "application/json", "idempotency-key": ctx.run.id },
   *   body: JSON.stringify({ email: "ada@example.com" }),
   * });
   * ```
   */
  fetch(path: string | URL | Request, init?: RequestInit): Promise<Response>;

  /**
   * The items of a list, page after page, as the connector says that its lists go on.
   *
   * @example
   * ```ts
   * for await (const contact of ctx.connections.crm.paginate<{ id: string }>("/contacts")) {
   *   ctx.log.info("contact", { id: contact.id });
   * }
   * ```
   */
  paginate<Item = unknown>(path: string | URL, init?: RequestInit): AsyncIterableIterator<Item>;

  /** What the connector can do, by its actions' slugs in camel case: `create-contact` is `createContact`. */
  readonly actions: ConnectionActions;
}

/** The actions of a connector. Calling one that the connector does not have fails with `TENON_ACTION_UNKNOWN`. */
export interface ConnectionActions {
  readonly [action: string]: ConnectionAction;
}

/**
 * One action. Its input is checked first (`TENON_ACTION_INPUT` names the field); an answer of 400 or more is an
 * error (`TENON_ACTION_FAILED`) whose `status` says which.
 */
export interface ConnectionAction {
  <Result = unknown>(input?: Readonly<Record<string, unknown>>): Promise<Result>;
  /** The pages of a list, one array of items each. */
  pages<Item = unknown>(input?: Readonly<Record<string, unknown>>): AsyncIterableIterator<readonly Item[]>;
  /** The items of a list, page after page. */
  iterate<Item = unknown>(input?: Readonly<Record<string, unknown>>): AsyncIterableIterator<Item>;
}
