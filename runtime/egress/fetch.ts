import { Readable } from "node:stream";
import type { Agent } from "undici";
import { ForbiddenError } from "#runtime/errors.ts";
import { ACCEPT_ENCODING, codings, responseBody } from "./body.ts";
import { createAgents } from "./agents.ts";
import type { ClientCertificate, DialPolicy } from "./connect.ts";
import { failure } from "./failure.ts";
import { isStream } from "./fill-body.ts";
import type { RequestBody } from "./fill-body.ts";
import { headerOf, responseHeaders } from "./headers.ts";
import { hostOf, matchesHost, patternFor } from "./policy.ts";
import { nextHop } from "./redirect.ts";
import { firstHop } from "./request.ts";
import { substitute } from "./substitute.ts";
import type { Hop, WireRequest } from "./substitute.ts";
import { RequestStream } from "./request-stream.ts";

/** A secret that a run may put on the wire, and where. */
export interface EgressSecret {
  readonly name: string;
  readonly value: string;
  /** Stands for the value inside the isolate; letters a-z, digits and _ only, so it survives every URL encoding. */
  readonly placeholder: string;
  /** Host patterns (see `matchesHost`) that the value may travel to; none: it never travels. */
  readonly hosts: readonly string[];
  readonly reveal: boolean;
}

/** A request as guest code made it: placeholders stand where secrets belong. */
export interface EgressRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: readonly (readonly [string, string])[];
  /** A stream is read once: it is sent without a length, never again, and not along a redirect. */
  readonly body: RequestBody | null;
  readonly redirect: "follow" | "manual" | "error";
  /** Host patterns of the manifest's egress list; the bound hosts of `secrets` are allowed besides. */
  readonly allow: readonly string[];
  readonly secrets: readonly EgressSecret[];
  /** Ends the request and the reading of its body; its reason is what both reject with. */
  readonly signal: AbortSignal;
  /** The longest request body, and the longest decoded response body, in bytes. */
  readonly bodyLimit: number;
  /** How long each response's head may take, in milliseconds. Default: 60 s. */
  readonly headTimeoutMs?: number;
  /** Whose connections carry it: tenants share none. Default: the product's own. */
  readonly tenant?: string;
  /** Presented in the TLS handshake (RFC 8705). Only with `redirect: "error"`: it belongs to one server. */
  readonly clientCertificate?: ClientCertificate;
}

/** A response. Its values are the other side's: an echoed secret is still in it. */
export interface EgressResponse {
  readonly status: number;
  /** Empty when it is not UTF-8. */
  readonly statusText: string;
  /** Where the response came from, without fragment, placeholders still in it. */
  readonly url: string;
  readonly redirected: boolean;
  /** In the order received, names in lower case; without content-encoding and content-length when the body was decoded. */
  readonly headers: readonly (readonly [string, string])[];
  /** Decoded bytes; to be read once, to the end, or given up by `cancel`. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Drops the body and its connection. */
  cancel(): void;
}

/** The one way out: every byte that the product sends to the outside goes through here. */
export interface Egress {
  /**
   * @throws ForbiddenError `TENON_EGRESS_DENIED` (host not declared), `TENON_EGRESS_ADDRESS` (address not public),
   * `TENON_SECRET_HOST` (secret not bound to the host); InvalidError `TENON_FETCH_INVALID`; TooLargeError;
   * TenonError `TENON_FETCH_FAILED` (network, TLS, protocol); the reason of an aborted signal.
   */
  fetch(request: EgressRequest): Promise<EgressResponse>;
  /** Drops every connection. */
  close(): Promise<void>;
}

/** Opens the way out of one process. `allow`: CIDRs that are reached although they are private. */
export function createEgress(options: DialPolicy): Egress {
  const agents = createAgents(options);
  return {
    fetch: (request) => {
      const agent = agents.of(request.tenant ?? "", request.clientCertificate);
      return isStream(request.body) ? uploading(agent, request, request.body) : follow(agent, request);
    },
    close: () => agents.close(),
  };
}

/** A request whose body is a stream: that is given up as soon as the exchange is over, however it ends. */
async function uploading(
  agent: Agent,
  request: EgressRequest,
  body: AsyncIterable<Uint8Array>,
): Promise<EgressResponse> {
  const stream = new RequestStream(body);
  const giveUp = (): void => {
    stream.giveUp();
  };
  request.signal.addEventListener("abort", giveUp, { once: true });
  try {
    return await follow(agent, { ...request, body: stream }, giveUp);
  } catch (error) {
    giveUp();
    throw error;
  }
}

/** One request with its redirects: each hop is checked, filled and sent as if it were the first. */
async function follow(
  agent: Agent,
  request: EgressRequest,
  onEnd: () => void = () => undefined,
): Promise<EgressResponse> {
  let hop = firstHop(request);
  for (let redirects = 0; ; redirects += 1) {
    request.signal.throwIfAborted();
    requireDestination(hop.url, request);
    const wire = substitute(hop, request.secrets, request.bodyLimit);
    const answer = await send(agent, wire, hostOf(hop.url), request);
    const headers = responseHeaders(answer.headers);
    const next = nextHop(
      hop,
      { status: answer.statusCode, location: headerOf(headers, "location") },
      redirects,
      request,
    );
    if (next === null) {
      answer.body.once("close", onEnd);
      return respond(hop, answer, headers, { redirected: redirects > 0, request });
    }
    discard(answer.body);
    hop = next;
  }
}

interface Answer {
  readonly statusCode: number;
  readonly statusText: string;
  readonly headers: readonly (Buffer | string)[];
  readonly body: Readable;
}

function respond(
  hop: Hop,
  answer: Answer,
  headers: EgressResponse["headers"],
  context: { readonly redirected: boolean; readonly request: EgressRequest },
): EgressResponse {
  const bodiless = hop.method === "HEAD" || answer.statusCode === 204 || answer.statusCode === 304;
  const encoded = bodiless ? [] : decodable(answer, headers, hostOf(hop.url));
  const body = responseBody(answer.body, {
    codings: encoded,
    limit: context.request.bodyLimit,
    host: hostOf(hop.url),
    signal: context.request.signal,
  });
  return {
    status: answer.statusCode,
    // What is not UTF-8 was lost when it was read: a value in it would not be recognized.
    statusText: answer.statusText.includes("\ufffd") ? "" : answer.statusText,
    url: hop.url.href,
    redirected: context.redirected,
    headers: encoded.length === 0 ? headers : headers.filter(([name]) => !DESCRIBES_ENCODED.has(name)),
    body: body.chunks,
    cancel: body.cancel,
  };
}

function decodable(answer: Answer, headers: EgressResponse["headers"], host: string): readonly string[] {
  try {
    return codings(headerOf(headers, "content-encoding"), host);
  } catch (error) {
    discard(answer.body);
    throw error;
  }
}

const DESCRIBES_ENCODED = new Set(["content-encoding", "content-length"]);

async function send(
  agent: Agent,
  wire: WireRequest,
  host: string,
  { signal, headTimeoutMs }: EgressRequest,
): Promise<Answer> {
  try {
    const answer = await agent.request({
      origin: wire.origin,
      path: wire.path,
      method: wire.method,
      headers: [...wire.headers, ["accept-encoding", ACCEPT_ENCODING] as const].flat(),
      body: isStream(wire.body) ? Readable.from(wire.body, { objectMode: false }) : wire.body,
      signal,
      responseHeaders: "raw",
      ...(headTimeoutMs === undefined ? {} : { headersTimeout: headTimeoutMs }),
    });
    return { ...answer, headers: answer.headers as unknown as readonly (Buffer | string)[] };
  } catch (error) {
    throw failure(error, host, signal);
  }
}

/** A redirect's own body is of no use: a short one is read so that the connection can be kept, a long one dropped. */
function discard(body: Readable): void {
  body.on("error", () => undefined);
  let rest = 16_384;
  body.on("data", (chunk: Uint8Array) => {
    rest -= chunk.byteLength;
    if (rest < 0) {
      body.destroy();
    }
  });
}

function requireDestination(url: URL, request: EgressRequest): void {
  const patterns = [...request.allow, ...request.secrets.flatMap(({ hosts }) => hosts)];
  if (!patterns.some((pattern) => matchesHost(pattern, url))) {
    throw new ForbiddenError(
      `The workflow may not reach ${url.protocol}//${url.host}: add "${patternFor(url)}" to needs.egress, or bind a secret that it needs to that host.`,
      "TENON_EGRESS_DENIED",
    );
  }
}
