import type { AbortSignal } from "./abort.guest.ts";
import { BodyContent, type Bytes, chunkOf, type Source } from "./body.guest.ts";
import { callHost, post } from "./door.guest.ts";
import { fromBase64, toBase64 } from "./bytes.guest.ts";
import { failure } from "./failure.guest.ts";
import { headersAccess } from "./headers.guest.ts";
import { lazy } from "./lazy.guest.ts";
import { parse, settle, stringify, text } from "./primordials.guest.ts";
import { Request, requestAccess } from "./request.guest.ts";
import { type Response, responseAccess } from "./response.guest.ts";
import type { ReadableStreamDefaultReader } from "./streams.guest.ts";

/** What the host half answers (host/calls/fetch.ts). */
interface Reply {
  readonly status: number;
  readonly statusText: string;
  readonly url: string;
  readonly redirected: boolean;
  readonly headers: readonly (readonly [string, string])[];
  /** First bytes in base64. */
  readonly chunk: string;
  readonly done: boolean;
}

/** One message to the process holds this much at most; a stream goes piece by piece. */
const MOST_AT_ONCE = 11_000_000;
const PIECE_BYTES = 65_536;

type Call = "fetch" | "connection.fetch" | "handler.fetch";

/** A request for the host half: JSON text, and the body that follows it piece by piece. */
export interface Outgoing {
  readonly json: string;
  readonly upload: BodyContent | null;
  /** Whether the answer has no body, whatever its headers say. */
  readonly head: boolean;
  readonly signal: AbortSignal | null;
}

/** The whole request as the host half takes it; `url` where it is a path. */
export function encodeRequest(request: Request, url?: string): Outgoing {
  const state = requestAccess.stateOf(request);
  const { content, method, redirect, headers } = state;
  const bytes = content?.known ?? null;
  if (bytes !== null && bytes.length > MOST_AT_ONCE) {
    throw failure(
      "TENON_TOO_LARGE",
      `The request body is longer than ${text(MOST_AT_ONCE)} bytes, the most that is sent at once: send less, or a stream.`,
    );
  }
  const upload = bytes === null ? content : null;
  const json = stringify({
    url: url ?? state.url,
    method,
    redirect,
    headers: headersAccess.pairsOf(headers),
    body: bytes === null ? null : toBase64(bytes),
  });
  return { json, upload, head: method === "HEAD", signal: requestAccess.signalOf(request) };
}

/** The same request with its body as one piece: for those that may have to be sent again. */
export function encodeWhole(request: Request, url?: string): Outgoing | Promise<Outgoing> {
  const { content } = requestAccess.stateOf(request);
  return content === null || content.known !== null
    ? encodeRequest(request, url)
    : encodeCollected(request, content, url);
}

async function encodeCollected(request: Request, content: BodyContent, url?: string): Promise<Outgoing> {
  const body = await content.bytes();
  return encodeRequest(
    new Request(request.url, {
      ...requestAccess.stateOf(request),
      body,
      signal: requestAccess.signalOf(request),
    }),
    url,
  );
}

/** Has the host make a request, by one of its calls; `more` is JSON text that it takes besides. */
export async function exchange(call: Call, outgoing: Outgoing, more = ""): Promise<Response> {
  const { signal, upload } = outgoing;
  if (signal?.aborted === true && upload !== null) {
    void ignored(upload.stream.cancel(signal.reason));
  }
  signal?.throwIfAborted();
  return new Exchange(signal).send(call, outgoing, more);
}

let lastToken = 0;

/** One request and the response to it, until the last byte came or somebody gives it up. */
class Exchange implements Source {
  readonly #token: string;
  readonly #release: () => void;
  #over = false;
  #broken: { readonly reason: unknown } | null = null;
  /** Who waits for the host, or for the body to break off. */
  readonly #waiting = new Set<(reason: unknown) => void>();
  /** Who reads the request's body, while that is sent. */
  #uploading: ReadableStreamDefaultReader<unknown> | null = null;
  #first: string | null = null;
  #done = false;

  constructor(signal: AbortSignal | null) {
    lastToken += 1;
    this.#token = text(lastToken);
    this.#release =
      signal === null
        ? () => undefined
        : lazy.abort().signals.follow(signal, () => {
            this.#break(signal.reason);
          });
  }

  async send(call: Call, { json, upload, head }: Outgoing, more: string): Promise<Response> {
    const argument = `{"token":${this.#token},"request":${json}${upload === null ? "" : ',"upload":true'}${more}}`;
    const replied = this.#call(call, argument);
    if (upload !== null) {
      void this.#upload(upload);
    }
    try {
      return this.#responseOf(parse(await replied) as Reply, head);
    } catch (error) {
      this.#break(error);
      throw error;
    }
  }

  async pull(): Promise<Bytes | null> {
    if (this.#broken !== null) {
      throw this.#broken.reason;
    }
    const first = this.#first ?? "";
    this.#first = null;
    if (first !== "") {
      this.#finishWhenDone();
      return fromBase64(first);
    }
    if (this.#done) {
      return null;
    }
    try {
      const next = parse(await this.#call("fetch.read", `{"token":${this.#token}}`)) as Pick<
        Reply,
        "chunk" | "done"
      >;
      this.#done = next.done;
      this.#finishWhenDone();
      return next.chunk === "" ? (next.done ? null : new Uint8Array(0)) : fromBase64(next.chunk);
    } catch (error) {
      this.#break(error);
      throw error;
    }
  }

  cancel(): void {
    if (!this.#over) {
      this.#giveUp();
      this.#finish();
    }
  }

  whenBroken(then: (reason: unknown) => void): void {
    if (this.#broken !== null) {
      then(this.#broken.reason);
    } else if (!this.#over) {
      this.#waiting.add(then);
    }
  }

  /** Asks the host, and stops waiting when the request is broken off. */
  async #call(name: string, argument: string): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    this.#waiting.add(reject);
    // Node's words, which libraries look for before they try again.
    const failed = name === "fetch.read" ? "terminated" : "fetch failed";
    void settle(callHost(name, argument, failed), resolve, reject);
    try {
      return await promise;
    } finally {
      this.#waiting.delete(reject);
    }
  }

  #break(reason: unknown): void {
    if (this.#over) {
      return;
    }
    this.#broken = { reason };
    this.#giveUp();
    const waiting = [...this.#waiting];
    this.#finish();
    for (const tell of waiting) {
      tell(reason);
    }
  }

  #giveUp(): void {
    post(`q${this.#token}`);
  }

  #finishWhenDone(): void {
    if (this.#done) {
      this.#finish();
    }
  }

  /** Nothing is under way any more: the signal need not know of it. */
  #finish(): void {
    this.#over = true;
    const uploading = this.#uploading;
    this.#uploading = null;
    if (uploading !== null) {
      void ignored(uploading.cancel(this.#broken?.reason));
    }
    this.#waiting.clear();
    this.#release();
  }

  #responseOf(reply: Reply, head: boolean): Response {
    const { status, statusText, url, redirected } = reply;
    this.#first = reply.chunk;
    this.#done = reply.done;
    const bodiless = head || status === 204 || status === 205 || status === 304;
    let content: BodyContent | null = null;
    if (reply.done || bodiless) {
      content = bodiless ? null : BodyContent.ofBytes(fromBase64(reply.chunk));
      this.#finish();
    } else {
      content = BodyContent.ofSource(this);
    }
    const headers = headersAccess.create(reply.headers, true);
    return responseAccess.create({
      type: "basic",
      status,
      statusText,
      url: url.replace(/#.*$/s, ""),
      redirected,
      headers,
      content,
    });
  }

  /** Sends a body piece by piece, as fast as the other side takes it. */
  async #upload(content: BodyContent): Promise<void> {
    try {
      const reader = content.stream.getReader();
      this.#uploading = reader;
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        const bytes = chunkOf(next.value);
        for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
          if (!(await this.#write(bytes.subarray(at, at + PIECE_BYTES), false))) {
            await reader.cancel();
            return;
          }
        }
      }
      this.#uploading = null;
      await this.#write(new Uint8Array(0), true);
    } catch (error) {
      this.#break(error);
    }
  }

  /** Whether there is still somebody who takes pieces. */
  async #write(bytes: Uint8Array, last: boolean): Promise<boolean> {
    const argument = `{"token":${this.#token},"chunk":"${toBase64(bytes)}","last":${text(last)}}`;
    const reply = parse(await callHost("fetch.write", argument)) as { readonly open: boolean };
    return reply.open;
  }
}

async function ignored(promise: Promise<unknown>): Promise<void> {
  try {
    await promise;
  } catch {
    // Who cancels has a reason already.
  }
}
