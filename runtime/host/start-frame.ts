import { randomBytes } from "node:crypto";
import type { ToSandbox } from "#runtime/sandbox/wire.ts";
import type { Execution } from "./execution.ts";

/** A start as a process is told of it, without what the process itself knows: the run's number, the code it has. */
export type Start = Omit<Extract<ToSandbox, { type: "start" }>, "type" | "run" | "code">;

/** How an execution starts: its frame, and the code, which travels once per process. */
export function startFrame(
  execution: Execution,
  mode: "run" | "describe",
): { readonly start: Start; readonly code: string } {
  const { bundle, limits, inspect } = execution;
  return {
    start: {
      hash: bundle.hash,
      payload: `s${JSON.stringify(payloadOf(execution, mode))}`,
      memoryMb: limits.memoryMb,
      warm: warmOf(execution, mode),
      cpuSliceMs: limits.cpuSliceMs,
      cpuTotalMs: limits.cpuTotalMs,
    },
    code: inspect === true ? inspectable(bundle) : bundle.code,
  };
}

/** Only workflows that run: what is looked at before it is published, actions and handlers start from nothing. */
function warmOf({ warm = null, role = "workflow" }: Execution, mode: "run" | "describe"): string | null {
  return mode === "run" && role === "workflow" ? warm : null;
}

/** What the guest half is told. */
function payloadOf(execution: Execution, mode: "run" | "describe"): object {
  const { facts, input, headers, variables, secrets, connections, limits } = execution;
  const { role = "workflow", sealing, absentConnections = [] } = execution;
  const { resultBytes, bodyBytes, logLines, logBytes, logLineBytes } = limits;
  return {
    mode,
    role,
    handler: sealing?.shown ?? null,
    input,
    headers,
    facts,
    variables,
    secrets: Object.fromEntries(secrets.map(({ name, placeholder }) => [name, placeholder])),
    connections: Object.fromEntries([
      ...[...connections.keys()].map((alias) => [alias, true] as const),
      ...absentConnections.map((alias) => [alias, false] as const),
    ]),
    seed: randomBytes(32).toString("base64"),
    limits: { resultBytes, bodyBytes, logLines, logBytes, logLineBytes },
  };
}

/** The code with its source map at its end, where a debugger looks for it. */
function inspectable({ code, sourceMap }: Execution["bundle"]): string {
  return sourceMap === null
    ? code
    : `${code}\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(sourceMap).toString("base64")}`;
}
