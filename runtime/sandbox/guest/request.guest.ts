import type { AbortSignal } from "./abort.guest.ts";
import type { Blob } from "./blob.guest.ts";
import { type BodyContent, defineBody, extractBody } from "./body.guest.ts";
import { brands } from "./brands.guest.ts";
import { isCanonicalUrl } from "./canonical-url.guest.ts";
import {
  asDictionary,
  asDomString,
  asUsvString,
  checkBrand,
  defineInterface,
  requireArguments,
} from "./define-interface.guest.ts";
import { Headers, headersAccess } from "./headers.guest.ts";
import { lazy } from "./lazy.guest.ts";
import type { ReadableStream } from "./streams.guest.ts";
import type { URL } from "./url.guest.ts";

const METHOD = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const NORMALIZED = /^(?:delete|get|head|options|post|put)$/i;
const FORBIDDEN = /^(?:connect|trace|track)$/i;

/** The choices of an init member; the first one is what it is when nobody says. */
const CHOICES = {
  cache: ["default", "no-store", "reload", "no-cache", "force-cache", "only-if-cached"],
  credentials: ["same-origin", "omit", "include"],
  mode: ["cors", "same-origin", "no-cors", "navigate"],
  redirect: ["follow", "error", "manual"],
  referrerPolicy: [
    "",
    "no-referrer",
    "no-referrer-when-downgrade",
    "same-origin",
    "origin",
    "strict-origin",
    "origin-when-cross-origin",
    "strict-origin-when-cross-origin",
    "unsafe-url",
  ],
} as const;

type Choice = keyof typeof CHOICES;
type Init = Readonly<Record<string, unknown>>;

/** What `fetch` sends. */
export interface RequestState extends Readonly<Record<Choice, string>> {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly content: BodyContent | null;
  readonly integrity: string;
  readonly keepalive: boolean;
  readonly referrer: string;
  /** What a blob: URL stood for when the request was made (File API, section 8.3.1). */
  readonly blob: Blob | null;
  /** The signal that was given: what the public one follows. */
  readonly follows: AbortSignal | null;
}

interface RequestAccess {
  stateOf(request: Request): RequestState;
  /** What ends the request; null: nothing does. Makes no signal that nobody asked for. */
  signalOf(request: Request): AbortSignal | null;
  isRequest(value: unknown): value is Request;
}

/** What the product's files do with requests. */
export let requestAccess: RequestAccess;

/** Request (Fetch, section 5.4). */
export class Request {
  declare readonly body: ReadableStream<Uint8Array> | null;
  declare readonly bodyUsed: boolean;
  #state: RequestState;
  #signal: AbortSignal | null = null;

  static {
    requestAccess = {
      stateOf: (request) => request.#state,
      signalOf: (request) => request.#signal ?? request.#state.follows,
      isRequest: (value): value is Request => typeof value === "object" && value !== null && #state in value,
    };
  }

  constructor(input: unknown, init?: unknown) {
    requireArguments(arguments.length, 1, "Request");
    this.#state = makeState(input, asDictionary(init, "The options of a request"));
  }

  get method(): string {
    return this.#state.method;
  }

  get url(): string {
    return this.#state.url;
  }

  get headers(): Headers {
    return this.#state.headers;
  }

  get destination(): string {
    checkBrand(#state in this);
    return "";
  }

  get referrer(): string {
    return this.#state.referrer;
  }

  get referrerPolicy(): string {
    return this.#state.referrerPolicy;
  }

  get mode(): string {
    return this.#state.mode;
  }

  get credentials(): string {
    return this.#state.credentials;
  }

  get cache(): string {
    return this.#state.cache;
  }

  get redirect(): string {
    return this.#state.redirect;
  }

  get integrity(): string {
    return this.#state.integrity;
  }

  get keepalive(): boolean {
    return this.#state.keepalive;
  }

  get isReloadNavigation(): boolean {
    checkBrand(#state in this);
    return false;
  }

  get isHistoryNavigation(): boolean {
    checkBrand(#state in this);
    return false;
  }

  get signal(): AbortSignal {
    const { follows } = this.#state;
    this.#signal ??= lazy.abort().AbortSignal.any(follows === null ? [] : [follows]);
    return this.#signal;
  }

  get duplex(): string {
    checkBrand(#state in this);
    return "half";
  }

  clone(): Request {
    const { content, headers, url } = this.#state;
    content?.requireUsable();
    const clone = new Request(url);
    clone.#state = {
      ...this.#state,
      headers: headersAccess.create(headersAccess.pairsOf(headers) ?? [], false),
      content: content?.clone() ?? null,
      follows: this.signal,
    };
    return clone;
  }
}

defineBody(Request.prototype, (object) => {
  checkBrand(requestAccess.isRequest(object));
  const { content, headers } = requestAccess.stateOf(object as Request);
  return { content, type: headers.get("content-type") };
});
defineInterface(Request, { name: "Request", length: 1 });

function makeState(input: unknown, init: Init): RequestState {
  const from = requestAccess.isRequest(input) ? input : null;
  const old = from === null ? null : requestAccess.stateOf(from);
  if (init.window !== undefined && init.window !== null) {
    throw new TypeError("The option window can only be null.");
  }
  const choice = (name: Choice): string => readChoice(name, init[name], old?.[name]);
  const method = init.method === undefined ? (old?.method ?? "GET") : readMethod(init.method);
  const url = old?.url ?? readUrl(input);
  const state = {
    url,
    blob: old?.blob ?? (url.startsWith("blob:") ? lazy.blobUrl().resolveObjectURL(url) : null),
    method,
    cache: choice("cache"),
    credentials: choice("credentials"),
    mode: choice("mode"),
    redirect: choice("redirect"),
    referrerPolicy: choice("referrerPolicy"),
    integrity: init.integrity === undefined ? (old?.integrity ?? "") : asDomString(init.integrity),
    keepalive: init.keepalive === undefined ? (old?.keepalive ?? false) : Boolean(init.keepalive),
    referrer: init.referrer === undefined ? (old?.referrer ?? "about:client") : readReferrer(init.referrer),
    follows: readSignal(init.signal, from),
  };
  refuseModes(state, init);
  const headers =
    init.headers === undefined
      ? headersAccess.create(old === null ? [] : (headersAccess.pairsOf(old.headers) ?? []), false)
      : new Headers(init.headers);
  return { ...state, headers, content: readBody(init, headers, method, old?.content ?? null) };
}

function readUrl(input: unknown): string {
  const given = asUsvString(input);
  if (isCanonicalUrl(given)) {
    return given;
  }
  let url: URL;
  try {
    url = new (lazy.url().URL)(given);
  } catch (cause) {
    throw new TypeError("A request needs an absolute URL.", { cause });
  }
  if (url.username !== "" || url.password !== "") {
    throw new TypeError(
      "The URL of a request holds credentials; send them in the Authorization header instead.",
    );
  }
  return url.href;
}

function readMethod(value: unknown): string {
  const method = asDomString(value);
  if (!METHOD.test(method) || FORBIDDEN.test(method)) {
    throw new TypeError(`"${method.slice(0, 100)}" is no method that a request may have.`);
  }
  return NORMALIZED.test(method) ? method.toUpperCase() : method;
}

function readChoice(name: Choice, value: unknown, old: string | undefined): string {
  const choices: readonly string[] = CHOICES[name];
  if (value === undefined) {
    return old ?? choices[0] ?? "";
  }
  const chosen = asDomString(value);
  if (!choices.includes(chosen)) {
    throw new TypeError(`The option ${name} cannot be "${chosen.slice(0, 100)}".`);
  }
  return chosen;
}

function readReferrer(value: unknown): string {
  const given = asUsvString(value);
  return given === "" ? "" : new (lazy.url().URL)(given, "about:client").href;
}

function readSignal(value: unknown, from: Request | null): AbortSignal | null {
  if (value === undefined) {
    return from === null ? null : requestAccess.signalOf(from);
  }
  if (value !== null && !brands.isSignal(value)) {
    throw new TypeError("The option signal must be an AbortSignal.");
  }
  return value;
}

function refuseModes({ mode, cache, method }: Record<"cache" | "method" | "mode", string>, init: Init): void {
  if (mode === "navigate") {
    throw new TypeError('The option mode cannot be "navigate".');
  }
  if (cache === "only-if-cached" && mode !== "same-origin") {
    throw new TypeError('The cache "only-if-cached" needs the mode "same-origin".');
  }
  if (mode === "no-cors" && !["GET", "HEAD", "POST"].includes(method)) {
    throw new TypeError('A request with the mode "no-cors" has the method GET, HEAD or POST.');
  }
  if (init.duplex !== undefined && init.duplex !== "half") {
    throw new TypeError('The option duplex can only be "half".');
  }
}

function readBody(init: Init, headers: Headers, method: string, old: BodyContent | null): BodyContent | null {
  const given = init.body === undefined || init.body === null ? null : init.body;
  if ((given !== null || old !== null) && (method === "GET" || method === "HEAD")) {
    throw new TypeError(`A ${method} request cannot have a body.`);
  }
  if (given === null) {
    return old?.move() ?? null;
  }
  const { content, type } = extractBody(given);
  if (brands.isStream(given) && init.duplex === undefined) {
    throw new TypeError('A request whose body is a stream needs the option duplex: "half".');
  }
  if (type !== null && !headers.has("content-type")) {
    headers.append("content-type", type);
  }
  return content;
}
