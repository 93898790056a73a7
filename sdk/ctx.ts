import type { ConnectionHandle, ConnectionNeed } from "./ctx-connections.ts";

/**
 * Everything a workflow may touch. The isolate that runs your code has no environment, no files, no
 * sockets and no tokens: what is not on {@link Ctx} does not exist there, and what your workflow did not
 * declare under `needs` is a type error here and a refusal at run time.
 *
 * @typeParam Input - What `ctx.input` holds: the output type of the workflow's `input` schema.
 * @typeParam Needs - What the workflow declared. `defineWorkflow` infers it; a plain function declares nothing.
 *
 * @example The plain form: no declaration, so no secrets, variables, connections or outgoing requests.
 * ```ts
 * import type { Ctx } from "tenon";
 *
 * export default async function (ctx: Ctx<{ name: string }>) {
 *   ctx.log.info("greeting", { name: ctx.input.name });
 *   return { greeting: `Hello, ${ctx.input.name}!` };
 * }
 * ```
 */
export interface Ctx<Input = unknown, Needs extends WorkflowNeeds = NoNeeds> {
  /**
   * What the run was started with, already validated and transformed by the workflow's `input` schema.
   * Without a schema: whatever JSON the caller sent, `null` when nothing was sent. At most 1 MB as JSON.
   *
   * @example
   * ```ts
   * const { invoiceId } = ctx.input;
   * ```
   */
  readonly input: Input;

  /**
   * Headers of the request that started the run, with lower-case names. Headers that carry credentials
   * (`authorization`, `cookie`, API keys) are removed before the run starts. Empty for runs without a webhook.
   *
   * @example
   * ```ts
   * const event = ctx.headers["x-github-event"] ?? "unknown";
   * ```
   */
  readonly headers: Readonly<Record<string, string>>;

  /** Which run this is. See {@link RunFacts}. */
  readonly run: RunFacts;

  /** Where the run takes place. See {@link EnvironmentFacts}. */
  readonly environment: EnvironmentFacts;

  /**
   * The customer on whose behalf the run works, or `null` when it was started for none. It comes from the
   * run itself, never from the input: no caller can become another customer by sending a different body.
   *
   * @example
   * ```ts
   * if (ctx.customer === null) throw new Error("Start this workflow for a customer.");
   * ctx.log.info("syncing", { customer: ctx.customer.slug });
   * ```
   */
  readonly customer: CustomerFacts | null;

  /**
   * The environment's plain configuration values that the workflow declared in `needs.variables`. Always
   * strings. A run whose variable is missing in its environment fails with `TENON_VARIABLE_MISSING` before
   * any of your code runs.
   *
   * @example
   * ```ts
   * const graceDays = Number(ctx.variables.GRACE_DAYS);
   * ```
   */
  readonly variables: { readonly [Name in VariableName<Needs>]: string };

  /**
   * The secrets that the workflow declared in `needs.secrets`, as **opaque placeholders**. Use a placeholder
   * as if it were the value: in a header, in a URL, in a body (text, JSON, XML, a form with or without files, a
   * stream), inside Basic credentials, or as the key of an SDK. The value takes its place outside the isolate,
   * only for hosts that the secret is bound to. To any other host the request is refused (`TENON_SECRET_HOST`)
   * before a byte leaves; one whose body is a stream breaks off where the placeholder stands. A value that a
   * server echoes comes back to you as the placeholder.
   *
   * A customer's own secret of the same name wins in that customer's runs. A run whose secret is missing
   * fails with `TENON_SECRET_MISSING` before any of your code runs.
   *
   * Do not hash, encode, compress, cut or compare a placeholder: it is not the value. To sign with it use
   * {@link Ctx.hmac}; to read it use {@link Ctx.reveal}.
   *
   * @example
   * ```ts
   * await ctx.fetch("https://api.stripe.com/v1/charges", {
   *   headers: { authorization: `Bearer ${ctx.secrets.STRIPE_KEY}` },
   * });
   * ```
   */
  readonly secrets: { readonly [Name in SecretName<Needs>]: string };

  /**
   * The connections that the workflow declared in `needs.connections`, by the name that it gave them. The run's
   * customer decides whose account is used. The credential is put on the wire outside the isolate, only towards
   * the connector's hosts, and renewed there when it has ended. See {@link ConnectionHandle}.
   *
   * A run whose connection is missing, needs attention, or could be one of several fails with
   * `TENON_CONNECTION_MISSING`, `TENON_CONNECTION_UNHEALTHY` or `TENON_CONNECTION_AMBIGUOUS` before any of your
   * code runs. A connection declared with `optional: true` is `undefined` where there is none.
   *
   * @example
   * ```ts
   * // needs: { connections: { crm: { connector: "hubspot", owner: "customer" } } }
   * const response = await ctx.connections.crm.fetch("/crm/objects/2026-09/contacts/42");
   * const contact = await ctx.connections.crm.actions.createContact({ properties: { email: "ada@example.com" } });
   * ```
   */
  readonly connections: {
    readonly [Alias in ConnectionAlias<Needs>]: NonNullable<Needs["connections"]>[Alias] extends {
      readonly optional: true;
    }
      ? ConnectionHandle | undefined
      : ConnectionHandle;
  };

  /**
   * Resolves to the plaintext of a secret, for the rare library that must compute with it. Both sides have
   * to agree: the manifest with `needs.secrets.NAME: { reveal: true }`, and whoever stored the secret by
   * allowing it to be revealed. Every use is written to the audit log. The plaintext is still redacted from
   * logs, results and errors.
   *
   * @param name - A secret declared with `reveal: true`.
   * @returns The plaintext.
   * @throws With code `TENON_REVEAL_DENIED` where the stored secret does not allow it.
   *
   * @example
   * ```ts
   * const pem = await ctx.reveal("SIGNING_KEY"); // needs: { secrets: { SIGNING_KEY: { reveal: true } } }
   * ```
   */
  reveal(name: RevealableName<Needs>): Promise<string>;

  /**
   * Signs data with a secret that never enters the isolate (RFC 2104). Every use is written to the audit log.
   *
   * @param name - A declared secret.
   * @param data - What to sign; a string is signed as its UTF-8 bytes. At most 10 MB.
   * @param options - Hash, encoding of the signature, and how the stored secret spells the key.
   * @returns The signature: a lower-case hexadecimal string, or as `options.encoding` says.
   *
   * @example Check a webhook's signature.
   * ```ts
   * const expected = await ctx.hmac("WEBHOOK_SECRET", `${timestamp}.${body}`);
   * const bytes = await ctx.hmac("WEBHOOK_SECRET", body, { algorithm: "sha512", encoding: "bytes" });
   * ```
   */
  hmac(
    name: SecretName<Needs>,
    data: string | Uint8Array,
    options: HmacOptions & { readonly encoding: "bytes" },
  ): Promise<Uint8Array>;
  hmac(name: SecretName<Needs>, data: string | Uint8Array, options?: HmacOptions): Promise<string>;

  /**
   * Structured log of the run: stored, redacted, and streamed live to `tenon logs -f`. `console.*` writes to
   * the same place. At most 10,000 lines and 1 MB per run, 16 KB per line; what is longer is cut with a mark.
   *
   * @example
   * ```ts
   * ctx.log.info("invoice synced", { invoiceId, lines: 12 });
   * ```
   */
  readonly log: Log;

  /**
   * `fetch` as the web has it, towards the hosts in `needs.egress` and the bound hosts of declared secrets.
   * The global `fetch` is this same function, so that unmodified SDKs work. Every redirect is checked
   * again, and private, loopback, link-local and metadata addresses are refused on the address that is
   * really dialled. Bodies are limited to 10 MB each way; at most 100 requests of a run are in flight, more wait.
   *
   * Bodies stream both ways: `response.body` is read as it comes, and a `ReadableStream` as a body (with
   * `duplex: "half"`) is sent piece by piece, as fast as the server takes it. Such a body is sent once, so a
   * redirect that would repeat it (307, 308) is an error. An aborted signal closes the connection. `data:` and
   * `blob:` URLs are answered inside the run.
   *
   * @param input - Absolute `https:` (or, where the declaration says so, `http:`) URL, or a `Request`.
   * @param init - As in the Fetch standard. Pass `signal: AbortSignal.timeout(ms)` to bound one request.
   * @returns The response, whatever its status: check `response.ok`.
   * @throws `TypeError` for what the network did (code `TENON_FETCH_FAILED`, message `fetch failed` as in Node,
   * what happened in `error.cause`, the system's own code, such as `ECONNREFUSED`, on `error.cause.code` and
   * `error.reason`) and for what was refused:
   * `TENON_EGRESS_DENIED` (host not declared), `TENON_EGRESS_ADDRESS` (private address),
   * `TENON_SECRET_HOST` (secret not bound to that host), `TENON_TOO_LARGE`. The code is on `error.code`.
   *
   * @example
   * ```ts
   * const response = await ctx.fetch("https://erp.example.com/invoices/42", { signal: AbortSignal.timeout(5_000) });
   * if (!response.ok) throw new Error(`The ERP answered ${response.status}`);
   * const invoice = await response.json();
   * ```
   */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;

  /**
   * Aborted when the run is cancelled or reaches its timeout; `signal.reason` says which. Requests by
   * `ctx.fetch` are aborted with it already: pass it on to what waits by other means, and stop early in loops.
   * Code that goes on regardless is ended a moment later.
   *
   * @example
   * ```ts
   * for (const page of pages) {
   *   ctx.signal.throwIfAborted();
   *   await handle(page);
   * }
   * ```
   */
  readonly signal: AbortSignal;
}

/** Facts about the run: plain data, the same for the whole attempt. */
export interface RunFacts {
  /** UUID of the run; the same for every attempt. A good idempotency key towards other systems. */
  readonly id: string;
  /** 1 for the first try, 2 for the first retry, and so on. */
  readonly attempt: number;
  /** `instant`: a caller waits for the result; `standard` and `long` run in the background. */
  readonly tier: Tier;
  /** Slug of the workflow. */
  readonly workflow: string;
  /** Number of the published version that runs: 1, 2, … */
  readonly version: number;
  /** What started the run: `api`, … */
  readonly trigger: string;
  /** When the run was accepted: ISO 8601 in UTC, as in `2026-01-31T09:30:00.000Z`. */
  readonly createdAt: string;
}

/** The environment of a run, as in development, staging, production. */
export interface EnvironmentFacts {
  /** UUID. */
  readonly id: string;
  /** As in `development`. */
  readonly slug: string;
  /** Whether the environment is marked as production. */
  readonly production: boolean;
}

/** A tenant of your organization. */
export interface CustomerFacts {
  /** UUID. */
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  /** The customer's id in your own product, where you gave one. */
  readonly externalId: string | null;
  /** Whatever your product stored with the customer. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Options of {@link Ctx.hmac}. */
export interface HmacOptions {
  /** Default `"sha256"`. */
  readonly algorithm?: "sha1" | "sha256" | "sha384" | "sha512";
  /** Encoding of the signature. Default `"hex"` (lower case); `"bytes"` gives a `Uint8Array`. */
  readonly encoding?: "hex" | "base64" | "base64url" | "bytes";
  /** How the stored secret spells the key's bytes. Default `"utf8"`: its characters are the key. */
  readonly keyEncoding?: "utf8" | "hex" | "base64" | "base64url";
}

/**
 * The log of a run. `message` is a sentence; `data` is what a reader may want to filter by: anything that
 * JSON can hold. An `Error` anywhere in it is kept with its name, message, stack, code and causes, a `Map`, a `Set`
 * or `Headers` with what it holds; what JSON cannot hold (functions, cycles) is replaced by a mark in its place, and
 * data that is larger than a line by one text. Nothing throws.
 */
export interface Log {
  /** For whoever is debugging the workflow. */
  debug(message: string, data?: unknown): void;
  /** What happened. */
  info(message: string, data?: unknown): void;
  /** Something unexpected that the run could live with. */
  warn(message: string, data?: unknown): void;
  /** Something that went wrong; pass an `Error` as data to keep its message and stack. */
  error(message: string, data?: unknown): void;
}

/**
 * How long a run may take and whether its caller waits: `instant` ≤ 60 s and the caller gets the result,
 * `standard` ≤ 15 min, `long` ≤ 6 h.
 */
export type Tier = "instant" | "standard" | "long";

/**
 * A duration: `"500ms"`, `"5s"`, `"1.5m"`, `"6h"`, `"2d"`, or a number of milliseconds.
 *
 * @example
 * ```ts
 * timeout: "5m"
 * ```
 */
export type Duration = number | `${number}${"ms" | "s" | "m" | "h" | "d"}`;

/** The capability manifest: everything that a workflow may reach. Reviewed as a diff between versions. */
export interface WorkflowNeeds {
  /**
   * Secrets by name: letters, digits and `_`. `{}` gives the placeholder; `{ reveal: true }` asks for the
   * right to read the plaintext by {@link Ctx.reveal}.
   */
  readonly secrets?: Readonly<Record<string, SecretNeed>>;
  /** Variables of the environment by name: letters, digits and `_`. */
  readonly variables?: Readonly<Record<string, VariableNeed>>;
  /**
   * Connections by the name that the code calls them: `{ crm: { connector: "hubspot", owner: "customer" } }`.
   */
  readonly connections?: Readonly<Record<string, ConnectionNeed>>;
  /**
   * Hosts that `ctx.fetch` may reach beyond those that declared secrets are bound to: `api.example.com`,
   * `*.example.com`, with an optional port, and `http://` in front where plain HTTP must be allowed.
   * Lower case, without a path. Default: none.
   */
  readonly egress?: readonly string[];
}

/** How a workflow needs a secret. */
export interface SecretNeed {
  /** Ask for the plaintext by `ctx.reveal`. Default `false`. */
  readonly reveal?: boolean;
}

/** How a workflow needs a variable; it has no options yet. */
export type VariableNeed = Readonly<Record<string, never>>;

/** What a workflow without a declaration may reach: nothing. */
export interface NoNeeds {
  readonly egress?: readonly [];
}

/** Names of the declared secrets. */
export type SecretName<Needs extends WorkflowNeeds> = Needs extends { readonly secrets?: infer Secrets }
  ? keyof NonNullable<Secrets> & string
  : never;

/** Names of the declared connections. */
export type ConnectionAlias<Needs extends WorkflowNeeds> = Needs extends {
  readonly connections?: infer Connections;
}
  ? keyof NonNullable<Connections> & string
  : never;

/** Names of the declared variables. */
export type VariableName<Needs extends WorkflowNeeds> = Needs extends { readonly variables?: infer Variables }
  ? keyof NonNullable<Variables> & string
  : never;

/** Names of the secrets declared with `reveal: true`. */
export type RevealableName<Needs extends WorkflowNeeds> = {
  [Name in SecretName<Needs>]: NonNullable<Needs["secrets"]>[Name] extends { readonly reveal: true }
    ? Name
    : never;
}[SecretName<Needs>];
