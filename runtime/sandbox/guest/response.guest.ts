import { BodyContent, defineBody, extractBody } from "./body.guest.ts";
import {
  asDictionary,
  asDomString,
  asUsvString,
  checkBrand,
  defineInterface,
  requireArguments,
} from "./define-interface.guest.ts";
import { utf8Encode } from "./bytes.guest.ts";
import { Headers, headersAccess } from "./headers.guest.ts";
import { lazy } from "./lazy.guest.ts";
import type { ReadableStream } from "./streams.guest.ts";

const BODILESS = new Set([101, 103, 204, 205, 304]);
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

interface ResponseState {
  readonly type: "basic" | "default" | "error";
  readonly status: number;
  readonly statusText: string;
  readonly url: string;
  readonly redirected: boolean;
  readonly headers: Headers;
  readonly content: BodyContent | null;
}

interface ResponseAccess {
  create(state: ResponseState): Response;
  stateOf(response: object): ResponseState | undefined;
}

/** What the product's files do with responses. */
export let responseAccess: ResponseAccess;

/** Response (Fetch, section 5.5). */
export class Response {
  declare readonly body: ReadableStream<Uint8Array> | null;
  declare readonly bodyUsed: boolean;
  #state: ResponseState;

  static {
    responseAccess = {
      create: (state) => {
        const response = new Response();
        response.#state = state;
        return response;
      },
      stateOf: (response) => (#state in response ? response.#state : undefined),
    };
  }

  constructor(body?: unknown, init?: unknown) {
    const given = body === undefined || body === null ? null : extractBody(body);
    this.#state = makeState(given?.content ?? null, given?.type ?? null, init);
  }

  static error(): Response {
    const headers = headersAccess.create([], true);
    return responseAccess.create({ ...EMPTY, type: "error", status: 0, headers, content: null });
  }

  static redirect(url: unknown, status: unknown = 302): Response {
    requireArguments(arguments.length, 1, "Response.redirect");
    const location = new (lazy.url().URL)(asUsvString(url)).href;
    const code = asUnsignedShort(status);
    if (!REDIRECTS.has(code)) {
      throw new RangeError("The status of a redirect is 301, 302, 303, 307 or 308.");
    }
    const headers = headersAccess.create([["location", location]], true);
    return responseAccess.create({ ...EMPTY, type: "default", status: code, headers, content: null });
  }

  static json(data: unknown, init?: unknown): Response {
    requireArguments(arguments.length, 1, "Response.json");
    const text: unknown = JSON.stringify(data);
    if (typeof text !== "string") {
      throw new TypeError("The value has no JSON form.");
    }
    const content = BodyContent.ofBytes(utf8Encode(text));
    return responseAccess.create(makeState(content, "application/json", init));
  }

  get type(): string {
    return this.#state.type;
  }

  get url(): string {
    return this.#state.url;
  }

  get redirected(): boolean {
    return this.#state.redirected;
  }

  get status(): number {
    return this.#state.status;
  }

  get ok(): boolean {
    return this.#state.status >= 200 && this.#state.status <= 299;
  }

  get statusText(): string {
    return this.#state.statusText;
  }

  get headers(): Headers {
    return this.#state.headers;
  }

  clone(): Response {
    const { content, headers, type } = this.#state;
    content?.requireUsable();
    return responseAccess.create({
      ...this.#state,
      headers: headersAccess.create(headersAccess.pairsOf(headers) ?? [], type !== "default"),
      content: content?.clone() ?? null,
    });
  }
}

defineBody(Response.prototype, (object) => {
  const state = responseAccess.stateOf(object);
  checkBrand(state !== undefined);
  return { content: state?.content ?? null, type: state?.headers.get("content-type") ?? null };
});
defineInterface(Response, { name: "Response", length: 0 });

const EMPTY = { statusText: "", url: "", redirected: false } as const;

/** Initialize a response (Fetch, section 5.5). */
function makeState(content: BodyContent | null, type: string | null, init: unknown): ResponseState {
  const { status, statusText, headers } = asDictionary(init, "The options of a response");
  const code = status === undefined ? 200 : asUnsignedShort(status);
  if (code < 200 || code > 599) {
    throw new RangeError("The status of a response is from 200 to 599.");
  }
  const reason = statusText === undefined ? "" : asDomString(statusText);
  // RFC 9112 §4
  if (!/^[\t -~\x80-\xff]*$/.test(reason)) {
    throw new TypeError("The status text must be one line of Latin-1 text.");
  }
  if (content !== null && BODILESS.has(code)) {
    throw new TypeError(`A response with the status ${String(code)} has no body.`);
  }
  const known = new Headers(headers);
  if (type !== null && !known.has("content-type")) {
    known.append("content-type", type);
  }
  return { ...EMPTY, type: "default", status: code, statusText: reason, headers: known, content };
}

/** An unsigned short (Web IDL, section 3.2.4.4). */
function asUnsignedShort(value: unknown): number {
  return new Uint16Array([Number(value)])[0] ?? 0;
}
