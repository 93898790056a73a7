import { z } from "zod";
import { headerOf } from "#runtime/egress/headers.ts";
import { ForbiddenError, InvalidError, TooLargeError } from "#runtime/errors.ts";
import { namesOf } from "#sdk/connector/read-place.ts";
import { blindHeader } from "../blind-header.ts";
import { textOf, wholeBody } from "../connection/answer.ts";
import type { Sealing } from "../connection/sealing.ts";
import type { CallContext, HostCall } from "./call.ts";
import { guestRequest } from "./fetch.ts";

const argument = z.strictObject({
  token: z.number().int().positive(),
  request: guestRequest,
  /** By name: a place of the JSON (or form-encoded) body, or a header. */
  seal: z.record(
    z.string().max(100),
    z.union([z.string().max(500), z.strictObject({ header: z.string().max(200) })]),
  ),
});

type Seal = z.infer<typeof argument>["seal"];

/** `ctx.fetch` of a custom auth handler: what it asks to be sealed is a placeholder before the answer enters the isolate. */
export const handlerFetch: HostCall = async (context, given) => {
  const { execution, egress, signal, streams, blind } = context;
  const { sealing } = execution;
  if (sealing === undefined) {
    throw new ForbiddenError("Only an auth handler can seal answers.", "TENON_UNDECLARED");
  }
  const parsed = argument.safeParse(given);
  if (!parsed.success) {
    throw new InvalidError(
      `The request is not one that can be made: ${parsed.error.issues[0]?.message ?? "invalid"}.`,
    );
  }
  const { token, request, seal } = parsed.data;
  const abort = streams.begin(token);
  try {
    const response = await egress.fetch({
      ...request,
      body: request.body === null ? null : Buffer.from(request.body, "base64"),
      allow: execution.egress,
      secrets: [...execution.secrets, ...sealing.secrets()],
      signal: AbortSignal.any([signal, abort.signal]),
      bodyLimit: execution.limits.bodyBytes,
    });
    const bytes = await wholeBody(response);
    const headers = sealHeaders(context, sealing, seal, response.headers);
    const body = sealBody(context, sealing, seal, {
      text: textOf(bytes),
      type: headerOf(response.headers, "content-type") ?? "",
    });
    return {
      status: response.status,
      statusText: blind.text(response.statusText),
      url: blind.text(response.url),
      redirected: response.redirected,
      headers: headers
        .filter(([name]) => blind.text(name) === name)
        .map(([name, value]) => [name, blindHeader(blind, value)]),
      chunk: Buffer.from(blind.text(body)).toString("base64"),
      done: true,
    };
  } finally {
    streams.end(token);
  }
};

/** Each is sought, in all of its forms, in whatever comes back and is logged: that is paid for by its length. */
const MAX_SEALED_CHARS = 16_384;
const MAX_SEALED = 100;

function keep(context: CallContext, sealing: Sealing, name: string, value: string): string {
  if (value.length > MAX_SEALED_CHARS || sealing.secrets().length >= MAX_SEALED) {
    throw new TooLargeError(
      `A handler can have ${String(MAX_SEALED)} values sealed, each of at most ${String(MAX_SEALED_CHARS)} characters: "${name}" is beyond that.`,
    );
  }
  const secret = sealing.seal(name, value);
  context.learn([secret], `[sealed:${name}]`);
  return secret.placeholder;
}

type Header = readonly [string, string];

function sealHeaders(
  context: CallContext,
  sealing: Sealing,
  seal: Seal,
  headers: readonly Header[],
): readonly Header[] {
  const wanted = new Map(
    Object.entries(seal).flatMap(([name, where]): Header[] =>
      typeof where === "string" ? [] : [[where.header.toLowerCase(), name]],
    ),
  );
  return headers.map(([header, value]): Header => {
    const name = wanted.get(header);
    return name === undefined || value === ""
      ? [header, value]
      : [header, keep(context, sealing, name, value)];
  });
}

function sealBody(
  context: CallContext,
  sealing: Sealing,
  seal: Seal,
  { text, type }: { readonly text: string; readonly type: string },
): string {
  const places = Object.entries(seal).flatMap(([name, where]) =>
    typeof where === "string" ? [{ name, where }] : [],
  );
  const body = places.length === 0 ? undefined : parsedBody(text, type);
  if (body === undefined) {
    return text;
  }
  return JSON.stringify(
    places.reduce<unknown>(
      (at, { name, where }) => replaced(at, namesOf(where), (value) => keep(context, sealing, name, value)),
      body,
    ),
  );
}

function parsedBody(text: string, type: string): unknown {
  if (/x-www-form-urlencoded/i.test(type)) {
    return Object.fromEntries(new URLSearchParams(text));
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A copy of a body in which the text or number at a place is another. */
function replaced(body: unknown, [name, ...rest]: readonly string[], by: (value: string) => string): unknown {
  if (name === undefined) {
    return typeof body === "string" || typeof body === "number" ? by(String(body)) : body;
  }
  if (Array.isArray(body)) {
    const at = Number(name) < 0 ? body.length + Number(name) : Number(name);
    return body.map((item: unknown, index) => (index === at ? replaced(item, rest, by) : item));
  }
  if (typeof body !== "object" || body === null || !Object.hasOwn(body, name)) {
    return body;
  }
  const entries: [string, unknown][] = Object.entries(body);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, key === name ? replaced(value, rest, by) : value]),
  );
}
