import type { Action, HttpAction } from "#sdk/connector/action.ts";
import type { CallContext } from "../calls/call.ts";
import { sendParts } from "../calls/connection.ts";
import type { RunConnection } from "../connection/run-connection.ts";
import { isIdempotent, send } from "../connection/send.ts";
import { targetOf } from "../connection/target.ts";
import { buildRequest } from "./build-request.ts";
import type { ActionRequest } from "./build-request.ts";
import { checkActionInput } from "./check-input.ts";
import { readAnswer } from "./read-result.ts";
import type { ReadAnswer } from "./read-result.ts";

/** The request of an action for an input that was checked. */
export function requestOf(
  connection: RunConnection,
  action: Action,
  http: HttpAction,
  input: unknown,
): ActionRequest {
  checkActionInput(action, connection.alias, input);
  return buildRequest(action, http, { input, fields: connection.access.fields });
}

/** Sends an action's request and reads its answer. */
export async function performHttp(
  context: CallContext,
  connection: RunConnection,
  action: Action,
  request: ActionRequest,
): Promise<ReadAnswer> {
  const { alias } = connection;
  const response = await send(sendParts(context, connection), {
    idempotent: action.idempotent ?? isIdempotent(request.method, request.headers),
    outgoing: (authorization) => ({
      ...request,
      url: targetOf(request.path, connection.baseUrlOf(authorization, action), alias),
      redirect: "follow",
    }),
  });
  return readAnswer(response, context.blind, `The action "${action.slug}" of "${alias}"`);
}
