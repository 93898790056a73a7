import { z } from "zod";
import type { EgressSecret } from "#runtime/egress/fetch.ts";
import { InvalidError } from "#runtime/errors.ts";
import type { HostCall } from "./call.ts";

const token = z.number().int().positive();
const request = z.strictObject({
  token,
  request: z.strictObject({
    url: z.string().max(65_536),
    method: z.string().max(32),
    redirect: z.enum(["follow", "manual", "error"]),
    headers: z.array(z.tuple([z.string(), z.string()])).max(1_000),
    body: z.base64().nullable(),
  }),
});
const reading = z.strictObject({ token });

/**
 * `ctx.fetch`: the request leaves through egress, which puts secrets in and checks every address; what comes back
 * goes through the redactor, so that an echoed secret is its placeholder again.
 */
export const fetch: HostCall = async ({ execution, egress, signal, blind, streams }, given) => {
  const parsed = request.safeParse(given);
  if (!parsed.success) {
    throw new InvalidError(
      `The request is not one that can be made: ${parsed.error.issues[0]?.message ?? "invalid"}.`,
    );
  }
  const { token: stream, request: wanted } = parsed.data;
  const { bodyBytes } = execution.limits;
  const abort = streams.begin(stream);
  try {
    const response = await egress.fetch({
      ...wanted,
      body: wanted.body === null ? null : Buffer.from(wanted.body, "base64"),
      allow: execution.egress,
      secrets: execution.secrets,
      signal: AbortSignal.any([signal, abort.signal]),
      bodyLimit: bodyBytes,
    });
    const piece = await streams.open(stream, response, blind);
    return {
      status: response.status,
      statusText: blind.text(response.statusText),
      url: blind.text(response.url),
      redirected: response.redirected,
      headers: response.headers
        .filter(([name]) => blind.text(name) === name && !repeatsSecret(name, execution.secrets))
        .map(([name, value]) => [name, blind.text(value)]),
      ...piece,
    };
  } catch (error) {
    streams.cancel(stream);
    throw error;
  }
};

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
