import { setTimeout as wait } from "node:timers/promises";
import { TenonApiError, TenonConnectionError } from "./errors.ts";
import type { Problem } from "./errors.ts";

/** Where the API is, and who asks. */
export interface ClientOptions {
  /** Address of the server, as in `https://tenon.example.com`; without `/api/v1`. */
  readonly url: string;
  /** `tn_test_…` or `tn_live_…`. Keep it on your server: it is not for browsers. */
  readonly apiKey: string;
  /** How often a safe request is tried again after 429, 503 or a broken connection. Default 3. */
  readonly retries?: number;
  /** Longest wait for one answer, in milliseconds. Default 90,000: an instant run may take 60 s. */
  readonly timeoutMs?: number;
  /** For tests and for runtimes with their own `fetch`. Default: the global one. */
  readonly fetch?: typeof globalThis.fetch;
}

/** One request: what differs from call to call. */
export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below `/api/v1`, already encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** Sends requests with the key, and turns answers into values or errors. */
export interface Transport {
  /** The parsed JSON of a successful answer; `undefined` for an empty one. */
  readonly json: <Result>(request: ApiRequest) => Promise<Result>;
  /** The answer itself, successful, its body unread and its length unlimited in time. */
  readonly open: (request: ApiRequest) => Promise<Response>;
}

/** A path whose parts are encoded. */
export const at = (strings: TemplateStringsArray, ...parts: (string | number)[]): string =>
  String.raw({ raw: strings }, ...parts.map((part) => encodeURIComponent(part)));
/** A request that reads. */
export const get = (path: string, query: ApiRequest["query"] = {}): ApiRequest => ({
  method: "GET",
  path,
  query,
});
/** A request that acts. */
export const post = (path: string, body?: unknown): ApiRequest => ({ method: "POST", path, body });

const LONGEST_WAIT_MS = 30_000;

/** Makes a transport. @throws TypeError for an address that is no http(s) URL */
export function createTransport(options: ClientOptions): Transport {
  const base = baseOf(options.url);
  const fetch = options.fetch ?? globalThis.fetch;
  const attemptsOf = (request: ApiRequest): number =>
    isRepeatable(request) ? (options.retries ?? 3) + 1 : 1;

  async function once(request: ApiRequest, signal: AbortSignal | undefined): Promise<Response> {
    const response = await reach(base, () =>
      fetch(urlOf(base, request), {
        method: request.method,
        headers: headersOf(options.apiKey, request),
        body: request.body === undefined ? null : JSON.stringify(request.body),
        // A redirect would carry the key somewhere else.
        redirect: "error",
        signal: signal ?? null,
      }),
    );
    if (!response.ok) {
      throw await errorOf(response);
    }
    return response;
  }

  async function send(request: ApiRequest, limit: number | null): Promise<Response> {
    const attempts = attemptsOf(request);
    for (let attempt = 1; ; attempt++) {
      try {
        return await once(request, combine(request.signal, limit));
      } catch (error) {
        const delay = attempt < attempts ? delayAfter(error, attempt) : null;
        if (delay === null) {
          throw error;
        }
        await wait(delay, undefined, request.signal === undefined ? {} : { signal: request.signal });
      }
    }
  }

  return {
    async json<Result>(request: ApiRequest) {
      const response = await send(request, options.timeoutMs ?? 90_000);
      const text = await reach(base, () => response.text());
      return (text === "" ? undefined : parse(text, response)) as Result;
    },
    open: (request) => send(request, null),
  };
}

function baseOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !["http:", "https:"].includes(parsed.protocol)) {
    throw new TypeError(`"${url}" is not the address of a server: it must start with http:// or https://`);
  }
  return `${parsed.origin}${parsed.pathname}`.replace(/\/+$/, "");
}

function urlOf(base: string, request: ApiRequest): URL {
  const url = new URL(`${base}/api/v1${request.path}`);
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) {
      url.searchParams.set(name, String(value));
    }
  }
  return url;
}

function headersOf(apiKey: string, request: ApiRequest): Record<string, string> {
  return {
    accept: "application/json",
    authorization: `Bearer ${apiKey}`,
    ...(request.body === undefined ? {} : { "content-type": "application/json" }),
    ...request.headers,
  };
}

function isRepeatable(request: ApiRequest): boolean {
  return (
    ["GET", "PUT", "DELETE"].includes(request.method) || request.headers?.["idempotency-key"] !== undefined
  );
}

function combine(signal: AbortSignal | undefined, limit: number | null): AbortSignal | undefined {
  const limited = limit === null ? [] : [AbortSignal.timeout(limit)];
  return AbortSignal.any([...(signal === undefined ? [] : [signal]), ...limited]);
}

/** How long to wait before the next try; null when another try would not help, or has to be the caller's choice. */
function delayAfter(error: unknown, attempt: number): number | null {
  const backoff = Math.min(250 * 2 ** (attempt - 1), 4_000) * (0.5 + Math.random() / 2);
  if (error instanceof TenonApiError && (error.status === 429 || error.status === 503)) {
    const asked = error.retryAfterMs ?? backoff;
    return asked <= LONGEST_WAIT_MS ? asked : null;
  }
  // Refused: nobody listens, and waiting a second does not change that. Broken in between: a restart, perhaps.
  const isBroken =
    error instanceof TenonConnectionError && /ECONNRESET|EPIPE|UND_ERR_SOCKET/.test(error.message);
  return isBroken ? backoff : null;
}

async function reach<Result>(base: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Error && error.name === "AbortError") {
      throw error;
    }
    throw new TenonConnectionError(new URL(base).origin, { cause: error });
  }
}

async function errorOf(response: Response): Promise<TenonApiError> {
  const text = await response.text().catch(() => "");
  const retryAfterMs = retryAfter(response.headers.get("retry-after"));
  const problem = problemOf(text);
  if (problem === null) {
    return unknownResponse(response);
  }
  const requestId = problem.requestId ?? response.headers.get("x-request-id");
  return new TenonApiError({ ...problem, status: response.status, requestId }, retryAfterMs);
}

function problemOf(text: string): Problem | null {
  try {
    const value: unknown = JSON.parse(text);
    const isProblem =
      typeof value === "object" && value !== null && "code" in value && typeof value.code === "string";
    return isProblem ? (value as Problem) : null;
  } catch {
    return null;
  }
}

function unknownResponse(response: Response): TenonApiError {
  return new TenonApiError(
    {
      status: response.status,
      code: "TENON_UNKNOWN_RESPONSE",
      detail: `${new URL(response.url).origin} answered ${String(response.status)} with something that is not Tenon's. Is the address right?`,
      requestId: response.headers.get("x-request-id"),
    },
    retryAfter(response.headers.get("retry-after")),
  );
}

function parse(text: string, response: Response): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unknownResponse(response);
  }
}

/** Retry-After is seconds or an HTTP date (RFC 9110 §10.2.3). */
function retryAfter(value: string | null): number | null {
  if (value === null) {
    return null;
  }
  const delay = /^\d+$/.test(value.trim()) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isNaN(delay) ? null : Math.max(0, delay);
}
