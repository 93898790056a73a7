import { z } from "zod";
import type { EgressResponse, EgressSecret } from "#runtime/egress/fetch.ts";
import { InvalidError } from "#runtime/errors.ts";
import { blindHeader } from "../blind-header.ts";
import type { CallContext, HostCall } from "./call.ts";

/** A piece of a request body in base64: a hundred of them at once are far from what a run's calls may hold. */
const MAX_PIECE_CHARS = 128 * 1024;

const token = z.number().int().positive();
/** A request as guest code describes it. */
export const guestRequest = z.strictObject({
  url: z.string().max(65_536),
  method: z.string().max(32),
  redirect: z.enum(["follow", "manual", "error"]),
  headers: z.array(z.tuple([z.string(), z.string()])).max(1_000),
  body: z.base64().nullable(),
});
const request = z.strictObject({
  token,
  request: guestRequest,
  /** The body follows, piece by piece, by `fetch.write`. */
  upload: z.literal(true).optional(),
});
const reading = z.strictObject({ token });
const writing = z.strictObject({ token, chunk: z.base64().max(MAX_PIECE_CHARS), last: z.boolean() });

/**
 * `ctx.fetch`: the request leaves through egress, which puts secrets in and checks every address; what comes back
 * goes through the redactor, so that an echoed secret is its placeholder again.
 */
export const fetch: HostCall = async (context, given) => {
  const { execution, egress, signal, streams } = context;
  const parsed = request.safeParse(given);
  if (!parsed.success) {
    throw new InvalidError(
      `The request is not one that can be made: ${parsed.error.issues[0]?.message ?? "invalid"}.`,
    );
  }
  const { token: stream, request: wanted, upload } = parsed.data;
  const { bodyBytes } = execution.limits;
  const abort = streams.begin(stream);
  const whole = wanted.body === null ? null : Buffer.from(wanted.body, "base64");
  try {
    const response = await egress.fetch({
      ...wanted,
      body: upload === true ? streams.upload(stream, bodyBytes) : whole,
      allow: execution.egress,
      secrets: execution.secrets,
      signal: AbortSignal.any([signal, abort.signal]),
      bodyLimit: bodyBytes,
    });
    return await respond(context, stream, response, execution.secrets);
  } catch (error) {
    streams.cancel(stream);
    throw error;
  }
};

/** A response as guest code gets it: its head and first bytes, with placeholders where it repeats a secret. */
export async function respond(
  { blind, streams }: CallContext,
  stream: number,
  response: EgressResponse,
  secrets: readonly EgressSecret[],
): Promise<object> {
  const piece = await streams.open(stream, response, blind);
  return {
    status: response.status,
    statusText: blind.text(response.statusText),
    url: blind.text(response.url),
    redirected: response.redirected,
    headers: response.headers
      .filter(([name]) => blind.text(name) === name && !repeatsSecret(name, secrets))
      .map(([name, value]) => [name, blindHeader(blind, value)]),
    ...piece,
  };
}

// A shorter value occurs in header names by chance.
const SHORTEST_NAME = 6;

/** Whether a header's name, which is in lower case by now, is an echo: then the header is left out. */
function repeatsSecret(name: string, secrets: readonly EgressSecret[]): boolean {
  return secrets.some(
    ({ value }) => value.trim().length >= SHORTEST_NAME && name.includes(value.trim().toLowerCase()),
  );
}

/** The next bytes of a response body. */
export const fetchRead: HostCall = async ({ streams }, given) =>
  await streams.read(reading.parse(given).token);

/** The next piece of a request body; answered when the other side took it, or takes no more. */
export const fetchWrite: HostCall = async ({ streams, execution }, given) => {
  const { token: stream, chunk, last } = writing.parse(given);
  const limit = execution.limits.bodyBytes;
  return { open: await streams.write(stream, Buffer.from(chunk, "base64"), { last, limit }) };
};
