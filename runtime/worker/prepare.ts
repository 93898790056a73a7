import { resolveConnections, unhealthy } from "#runtime/connections/resolve.ts";
import type { FoundConnection } from "#runtime/connections/resolve.ts";
import { recordConnectionUse } from "#runtime/connections/record-use.ts";
import type { EgressSecret } from "#runtime/egress/fetch.ts";
import { TenonError } from "#runtime/errors.ts";
import type { Execution, RunError } from "#runtime/host/execution.ts";
import { randomHex } from "#runtime/ids.ts";
import type { ConnectionAccess } from "#runtime/oauth/access.ts";
import { openAccess } from "#runtime/oauth/open-access.ts";
import type { ClaimedRun, SealedSecret } from "#runtime/runs/claim.ts";
import * as limits from "#runtime/runs/limits.ts";
import { openText } from "#runtime/vault/open.ts";
import { connectionNeeds } from "#runtime/workflows/manifest.ts";
import type { WorkerParts } from "./parts.ts";
import { warmKey } from "./warm-key.ts";

/** How long somebody may look into a run. */
const INSPECTED_WALL_MS = 3_600_000;

/** Everything of an execution but what the moment gives: signal and sinks. */
export type Prepared = Omit<Execution, "signal" | "onLog" | "onSecretUse" | "onConnectionUse">;

/** Why a run cannot begin, and whether trying again may help. */
export interface Unprepared {
  readonly error: RunError;
  readonly retryable: boolean;
}

/**
 * Opens what the run declared that it needs. Fails closed: when a declared secret or variable does not
 * exist, or a declared connection cannot be used, no code runs at all.
 */
export async function prepare(parts: WorkerParts, run: ClaimedRun): Promise<Prepared | Unprepared> {
  const missing = missingNeed(run);
  if (missing !== null) {
    return { error: missing, retryable: false };
  }
  const connections = await openConnections(parts, run);
  if ("error" in connections) {
    return connections;
  }
  const place = { organizationId: run.organizationId, table: "runs", row: run.id, version: 1 };
  const [bundle, input, headers, ...secrets] = await Promise.all([
    parts.bundles.load(run.organizationId, run.version.bundleHash),
    openText(parts.keyring, { ...place, column: "input" }, run.inputSealed),
    run.headersSealed === null
      ? "{}"
      : openText(parts.keyring, { ...place, column: "headers" }, run.headersSealed),
    ...run.secrets.map(async (secret) => openSecret(parts, run, secret)),
  ]);
  const { manifest } = run.version;
  return {
    runId: run.id,
    organizationId: run.organizationId,
    bundle,
    facts: factsOf(run),
    input,
    headers: JSON.parse(headers) as Record<string, string>,
    variables: run.variables,
    secrets,
    ...connections,
    egress: manifest.needs.egress,
    inspect: run.inspect,
    warm: manifest.isolation === "warm" ? warmKey(run) : null,
    limits: {
      memoryMb: parts.config.memoryLimitMb,
      cpuSliceMs: parts.config.cpuSliceMs,
      cpuTotalMs: limits.CPU_TOTAL_MS[run.tier],
      wallMs: run.inspect ? INSPECTED_WALL_MS : manifest.timeout,
      resultBytes: limits.RESULT_BYTES,
      logLines: limits.LOG_LINES,
      logBytes: limits.LOG_BYTES,
      logLineBytes: limits.LOG_LINE_BYTES,
      bodyBytes: limits.BODY_BYTES,
      concurrentCalls: limits.CONCURRENT_CALLS,
    },
  };
}

function missingNeed(run: ClaimedRun): RunError | null {
  const { needs } = run.version.manifest;
  const known = new Set(run.secrets.map((secret) => secret.name));
  const secret = Object.keys(needs.secrets).find((name) => !known.has(name));
  if (secret !== undefined) {
    const whose = run.customer === null ? "" : ` (nor for the customer "${run.customer.slug}")`;
    return needError(
      "TENON_SECRET_MISSING",
      `The secret "${secret}" does not exist in the environment "${run.environment.slug}"${whose}. Create it, then run again: tenon secrets set ${secret} --env ${run.environment.slug} --host <host>`,
    );
  }
  const variable = Object.keys(needs.variables).find((name) => !Object.hasOwn(run.variables, name));
  return variable === undefined
    ? null
    : needError(
        "TENON_VARIABLE_MISSING",
        `The variable "${variable}" does not exist in the environment "${run.environment.slug}". Create it, then run again: tenon variables set ${variable} <value> --env ${run.environment.slug}`,
      );
}

function needError(code: string, message: string): RunError {
  return { code, name: "NeedError", message, stack: null, location: null, cause: null };
}

type OpenConnections = Required<Pick<Execution, "connections" | "absentConnections">>;

/** The run's connections, each with a credential that is good for the next moments. */
async function openConnections(parts: WorkerParts, run: ClaimedRun): Promise<OpenConnections | Unprepared> {
  const resolved = await resolveConnections(parts.database, run, connectionNeeds(run.version.manifest));
  const refused = resolved.find((one) => one.status === "refused");
  if (refused !== undefined) {
    return { error: needError(refused.code, refused.message), retryable: false };
  }
  const found = resolved.filter((one) => one.status === "found");
  const opened = await Promise.all(
    found.map(async ({ alias, connection }) => openConnection(parts, run, alias, connection)),
  );
  const failed = opened.find((one) => "error" in one);
  if (failed !== undefined) {
    return failed;
  }
  const connections = new Map(
    opened.flatMap((one) => ("error" in one ? [] : [[one.alias, one.access] as const])),
  );
  await recordConnectionUse(
    parts.database,
    run,
    [...connections.values()].map(({ connectionId }) => connectionId),
  );
  return {
    connections,
    absentConnections: resolved.flatMap((one) => (one.status === "absent" ? [one.alias] : [])),
  };
}

async function openConnection(
  parts: WorkerParts,
  run: ClaimedRun,
  alias: string,
  connection: FoundConnection,
): Promise<{ readonly alias: string; readonly access: ConnectionAccess } | Unprepared> {
  try {
    const access = await openAccess(parts, {
      organizationId: run.organizationId,
      connectionId: connection.id,
    });
    await access.authorize();
    return { alias, access };
  } catch (error) {
    if (!(error instanceof TenonError)) {
      throw error;
    }
    // What passes by itself is nobody's to mend.
    const message =
      error.code === "TENON_CONNECTION_REAUTHORIZE"
        ? unhealthy(alias, connection, run, error.message)
        : `${error.message} The workflow needs it as "${alias}".`;
    return { error: needError("TENON_CONNECTION_UNHEALTHY", message), retryable: error.fault === "passing" };
  }
}

async function openSecret(parts: WorkerParts, run: ClaimedRun, secret: SealedSecret): Promise<EgressSecret> {
  const place = {
    organizationId: run.organizationId,
    table: "secrets",
    row: secret.id,
    column: "value",
    version: secret.version,
  };
  const declared = run.version.manifest.needs.secrets[secret.name];
  return {
    name: secret.name,
    value: await openText(parts.keyring, place, secret.valueSealed),
    // Only [a-z0-9_]: it survives URLs, headers and JSON unescaped. Random per attempt: it cannot be guessed or kept.
    placeholder: `tnsec_${randomHex(16)}`,
    hosts: secret.hosts,
    // Both the operator (secret) and the author (manifest) must have allowed it.
    reveal: secret.reveal && declared?.reveal === true,
  };
}

function factsOf(run: ClaimedRun): Execution["facts"] {
  return {
    run: {
      id: run.id,
      attempt: run.attempt,
      tier: run.tier,
      workflow: run.workflowSlug,
      version: run.version.number,
      trigger: run.trigger,
      createdAt: run.createdAt.toISOString(),
    },
    environment: run.environment,
    customer: run.customer,
  };
}
