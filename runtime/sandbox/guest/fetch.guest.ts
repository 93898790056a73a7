import { AbortController, type AbortSignal } from "./abort.guest.ts";
import { Body, type BodyInput, extractBody, ReadableStream, streamOf } from "./body.guest.ts";
import { callHost, post } from "./door.guest.ts";
import { fromBase64, toBase64 } from "./encoding.guest.ts";
import { Headers, type HeadersInput } from "./headers.guest.ts";
import { parse, stringify, toText } from "./primordials.guest.ts";
import { URL } from "./url.guest.ts";

const METHODS = /^(delete|get|head|options|patch|post|put)$/i;

interface Init {
  readonly method?: string;
  readonly headers?: HeadersInput;
  readonly body?: BodyInput;
  readonly redirect?: "follow" | "manual" | "error";
  readonly signal?: AbortSignal | null;
}

/** What the host half answers (host/calls/fetch.ts). */
interface Reply {
  readonly stream: number;
  readonly status: number;
  readonly statusText: string;
  readonly url: string;
  readonly redirected: boolean;
  readonly headers: readonly (readonly [string, string])[];
  /** First bytes in base64. */
  readonly chunk: string;
  readonly done: boolean;
}

/** Request (Fetch, section 5.4). */
export class Request extends Body {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly redirect: "follow" | "manual" | "error";
  readonly signal: AbortSignal;
  readonly #bytes: Uint8Array<ArrayBuffer> | null;

  constructor(input: string | URL | Request, init: Init = {}) {
    const from = input instanceof Request ? input : null;
    const given =
      init.body === undefined && from !== null ? { bytes: from.#bytes, type: null } : extractBody(init.body);
    super(streamOf(given.bytes));
    this.#bytes = given.bytes;
    this.url = from?.url ?? new URL(toText(input)).href;
    const method = init.method ?? from?.method ?? "GET";
    this.method = METHODS.test(method) ? method.toUpperCase() : toText(method);
    this.headers = new Headers(init.headers ?? from?.headers);
    this.redirect = init.redirect ?? from?.redirect ?? "follow";
    this.signal = init.signal ?? from?.signal ?? new AbortController().signal;
    if (given.bytes !== null && (this.method === "GET" || this.method === "HEAD")) {
      throw new TypeError(`A ${this.method} request cannot have a body.`);
    }
    if (given.type !== null && !this.headers.has("content-type")) {
      this.headers.set("content-type", given.type);
    }
  }

  clone(): Request {
    return new Request(this);
  }

  /** The whole request as the host half takes it; `url` where it is a path. */
  static encode(request: Request, url = request.url): string {
    const { method, redirect } = request;
    const headers = [...request.headers];
    return stringify({
      url,
      method,
      redirect,
      headers,
      body: request.#bytes === null ? null : toBase64(request.#bytes),
    });
  }
}

interface ResponseInit {
  readonly status?: number;
  readonly statusText?: string;
  readonly headers?: HeadersInput;
}

/** Response (Fetch, section 5.5). */
export class Response extends Body {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  readonly url: string;
  readonly redirected: boolean;
  readonly type: string = "default";

  constructor(
    body?: BodyInput | ReadableStream,
    init: ResponseInit & { url?: string; redirected?: boolean } = {},
  ) {
    const given = body instanceof ReadableStream ? { bytes: null, type: null } : extractBody(body);
    super(body instanceof ReadableStream ? body : streamOf(given.bytes));
    this.status = init.status ?? 200;
    if (this.status < 200 || this.status > 599) {
      throw new RangeError("The status must be from 200 to 599.");
    }
    this.statusText = init.statusText ?? "";
    this.headers = new Headers(init.headers);
    this.url = init.url ?? "";
    this.redirected = init.redirected ?? false;
    if (given.type !== null && !this.headers.has("content-type")) {
      this.headers.set("content-type", given.type);
    }
  }

  get ok(): boolean {
    return this.status >= 200 && this.status <= 299;
  }

  clone(): Response {
    throw new TypeError("Read the body once and keep what it gave: a response cannot be cloned here.");
  }

  static json(value: unknown, init: ResponseInit = {}): Response {
    const headers = new Headers(init.headers);
    if (!headers.has("content-type")) {
      headers.set("content-type", "application/json");
    }
    return new Response(JSON.stringify(value), { ...init, headers });
  }

  static redirect(url: string, status = 302): Response {
    return new Response(null, { status, headers: { location: new URL(url).href } });
  }
}

/** `fetch` and `ctx.fetch`: the request leaves from the worker, where secrets are put in and hosts are checked. */
export async function fetch(input: string | URL | Request, init?: Init): Promise<Response> {
  const request = new Request(input, init);
  return exchange("fetch", Request.encode(request), request.signal);
}

/** Has the host make a request, by one of its calls: `request` and what else it takes are JSON text. */
export async function exchange(
  call: "fetch" | "connection.fetch" | "handler.fetch",
  request: string,
  signal: AbortSignal,
  more = "",
): Promise<Response> {
  signal.throwIfAborted();
  const token = nextToken();
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => {
      post(`q${toText(token)}`);
      reject(signal.reason);
    };
    signal.addEventListener("abort", onAbort, { once: true });
  });
  aborted.catch(() => {
    // Whoever waits for the reply hears of it.
  });
  const reply = parse(
    await Promise.race([callHost(call, `{"token":${toText(token)},"request":${request}${more}}`), aborted]),
  ) as Reply;
  return responseOf(reply, token, aborted);
}

let lastToken = 0;

function nextToken(): number {
  lastToken += 1;
  return lastToken;
}

function responseOf(reply: Reply, token: number, aborted: Promise<never>): Response {
  let first: string | null = reply.chunk;
  let done = reply.done;
  const source = async (): Promise<Uint8Array<ArrayBuffer> | null> => {
    if (first !== null && first !== "") {
      const bytes = fromBase64(first);
      first = null;
      return bytes;
    }
    if (done) {
      return null;
    }
    const next = parse(
      await Promise.race([callHost("fetch.read", `{"token":${toText(token)}}`), aborted]),
    ) as Pick<Reply, "chunk" | "done">;
    done = next.done;
    return next.chunk === "" ? (done ? null : new Uint8Array(0)) : fromBase64(next.chunk);
  };
  const empty = reply.status === 204 || reply.status === 205 || reply.status === 304;
  const stream = empty
    ? null
    : new ReadableStream(source, () => {
        if (!done) {
          post(`q${toText(token)}`);
        }
      });
  return new Response(stream, reply);
}
