import { z } from "zod";
import { InvalidError } from "#runtime/errors.ts";
import { isIdempotent, send } from "../connection/send.ts";
import { targetOf } from "../connection/target.ts";
import type { HostCall } from "./call.ts";
import { declaredConnection, sendParts } from "./connection.ts";
import { guestRequest, respond } from "./fetch.ts";

const argument = z.strictObject({
  token: z.number().int().positive(),
  alias: z.string().max(200),
  request: guestRequest,
});

/**
 * `ctx.connections.X.fetch`: an authenticated request. The credential is put on it here, only towards the
 * connector's hosts, and what comes back goes through the redactor that knows it.
 */
export const connectionFetch: HostCall = async (context, given) => {
  const parsed = argument.safeParse(given);
  if (!parsed.success) {
    throw new InvalidError(
      `The request is not one that can be made: ${parsed.error.issues[0]?.message ?? "invalid"}.`,
    );
  }
  const { token, alias, request } = parsed.data;
  const connection = declaredConnection(context, alias);
  const body = request.body === null ? null : Buffer.from(request.body, "base64");
  const abort = context.streams.begin(token);
  try {
    const response = await send(sendParts(context, connection, abort.signal), {
      idempotent: isIdempotent(request.method, request.headers),
      outgoing: ({ baseUrl }) => ({ ...request, url: targetOf(request.url, baseUrl, alias), body }),
    });
    return await respond(context, token, response, [
      ...context.execution.secrets,
      ...connection.knownSecrets(),
    ]);
  } catch (error) {
    context.streams.cancel(token);
    throw error;
  }
};
