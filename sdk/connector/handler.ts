import type { ConnectionHandle } from "../ctx-connections.ts";
import type { HmacOptions, Log } from "../ctx.ts";

/**
 * What the module of a custom auth method exports as `authenticate`: it trades a connection's fields for tokens. It
 * runs outside of workflows, in an isolate of its own, and it is blind: secret fields and tokens are placeholders
 * that the host fills in towards the connector's hosts.
 *
 * @example
 * ```js
 * export async function authenticate(ctx) {
 *   const response = await ctx.fetch("https://api.acme.example/session", {
 *     method: "POST",
 *     headers: { "content-type": "application/json" },
 *     body: JSON.stringify({ user: ctx.fields.user, password: ctx.fields.password }),
 *     seal: { accessToken: "session.token" },
 *   });
 *   if (response.status === 401) ctx.refuse("The user name or the password is wrong.");
 *   const { session } = await response.json();
 *   return { values: { accessToken: session.token }, expiresIn: session.lifetime };
 * }
 * ```
 */
export type AuthHandler = (ctx: AuthHandlerContext) => Promise<AuthHandlerResult> | AuthHandlerResult;

/** What an auth handler may touch: one connection, and nothing else. */
export interface AuthHandlerContext {
  /** The connection's fields by name: plain ones as they are, secret ones as placeholders. */
  readonly fields: Readonly<Record<string, string>>;
  /** What the handler returned the last time, as placeholders. Empty the first time. */
  readonly previous: Readonly<Record<string, string>>;
  /**
   * A request to one of the connector's hosts. `seal` names what must not be seen: a place of the JSON or form-encoded
   * body (`"session.token"`), or `{ header: "x-session" }`. It is a placeholder before the answer comes here.
   */
  fetch(
    input: string | URL | Request,
    init?: RequestInit & {
      readonly seal?: Readonly<Record<string, string | { readonly header: string }>>;
    },
  ): Promise<Response>;
  /** Signs with a field, as `ctx.hmac` of a workflow does with a secret. */
  hmac(
    field: string,
    data: string | Uint8Array,
    options: HmacOptions & { readonly encoding: "bytes" },
  ): Promise<Uint8Array>;
  hmac(field: string, data: string | Uint8Array, options?: HmacOptions): Promise<string>;
  /** Ends the attempt: the fields are wrong, and only a person can mend that. Anything that is thrown is tried again. */
  refuse(reason: string): never;
  /** Aborted when the time of a handler (30 s) is nearly over. */
  readonly signal: AbortSignal;
}

/** What an auth handler returns. */
export interface AuthHandlerResult {
  /** By name: they fill `{accessToken}` and `{token.NAME}` in the method's `carry`. Placeholders, or plain values. */
  readonly values: Readonly<Record<string, string | number>>;
  /** Seconds until they end. Default: the method's `lifetime`. */
  readonly expiresIn?: number | null;
}

/**
 * What the module of a `code` action exports as `run`. It runs in an isolate of its own, with only the connection that
 * the action was called on.
 *
 * @example
 * ```js
 * export async function run(ctx, input) {
 *   const response = await ctx.connection.fetch(`/contacts?email=${encodeURIComponent(input.email)}`);
 *   const [contact] = await response.json();
 *   return contact ?? null;
 * }
 * ```
 */
export type ActionHandler<Input = Readonly<Record<string, unknown>>, Output = unknown> = (
  ctx: ActionHandlerContext<Input>,
  input: Input,
) => Promise<Output> | Output;

/** What the code of an action may touch. */
export interface ActionHandlerContext<Input = Readonly<Record<string, unknown>>> {
  readonly input: Input;
  readonly connection: ConnectionHandle;
  /** Goes to the log of the run that called the action. */
  readonly log: Log;
  readonly signal: AbortSignal;
}
