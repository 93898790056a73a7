import { ForbiddenError } from "#runtime/errors.ts";
import type { SendParts } from "../connection/send.ts";
import type { RunConnection } from "../connection/run-connection.ts";
import type { CallContext } from "./call.ts";

/** The declared connection of that alias; an undeclared one is refused with the line that would declare it. */
export function declaredConnection({ connections }: CallContext, alias: string): RunConnection {
  const connection = connections.get(alias);
  if (connection === undefined) {
    throw new ForbiddenError(
      `The connection ${alias} is not declared, or it is optional and the run has none. Declare it in the manifest: needs: { connections: { ${alias}: { connector: "…" } } }.`,
      "TENON_UNDECLARED",
    );
  }
  return connection;
}

/** What a request with a connection is sent by. */
export function sendParts(
  { egress, pace, execution, signal }: CallContext,
  connection: RunConnection,
  abort?: AbortSignal,
): SendParts {
  return {
    egress,
    pace,
    connection,
    runSecrets: execution.secrets,
    bodyLimit: execution.limits.bodyBytes,
    signal: abort === undefined ? signal : AbortSignal.any([signal, abort]),
  };
}
