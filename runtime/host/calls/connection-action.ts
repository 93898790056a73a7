import { z } from "zod";
import { readPlace } from "#sdk/connector/read-place.ts";
import { checkActionInput } from "../action/check-input.ts";
import { findAction } from "../action/find.ts";
import { performHttp, requestOf } from "../action/perform.ts";
import type { HostCall } from "./call.ts";
import { declaredConnection } from "./connection.ts";

const argument = z.strictObject({
  alias: z.string().max(200),
  action: z.string().max(200),
  input: z.unknown(),
});

/** `ctx.connections.X.actions.Y(input)`: one thing that the connector can do; its output is JSON. */
export const connectionAction: HostCall = async (context, given) => {
  const { alias, action: name, input } = argument.parse(given);
  const connection = declaredConnection(context, alias);
  const action = findAction(connection.access.connector, name);
  if (action.http === undefined) {
    checkActionInput(action, alias, input);
    return context.runCode(action, connection, input);
  }
  const request = requestOf(connection, action, action.http, input);
  const { body } = await performHttp(context, connection, action, request);
  return action.http.result === undefined ? body : (readPlace(body, action.http.result) ?? null);
};
