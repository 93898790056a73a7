import type { EgressSecret } from "#runtime/egress/fetch.ts";
import type { Execution, RunError } from "#runtime/host/execution.ts";
import { randomHex } from "#runtime/ids.ts";
import type { ClaimedRun, SealedSecret } from "#runtime/runs/claim.ts";
import * as limits from "#runtime/runs/limits.ts";
import { openText } from "#runtime/vault/open.ts";
import type { WorkerParts } from "./parts.ts";

/** Everything of an execution but what the moment gives: signal and sinks. */
export type Prepared = Omit<Execution, "signal" | "onLog" | "onSecretUse">;

/**
 * Opens what the run declared that it needs. Fails closed: when a declared secret or variable does not
 * exist, no code runs at all.
 */
export async function prepare(parts: WorkerParts, run: ClaimedRun): Promise<Prepared | RunError> {
  const missing = missingNeed(run);
  if (missing !== null) {
    return missing;
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
    egress: manifest.needs.egress,
    limits: {
      memoryMb: parts.config.memoryLimitMb,
      cpuSliceMs: parts.config.cpuSliceMs,
      cpuTotalMs: limits.CPU_TOTAL_MS[run.tier],
      wallMs: manifest.timeout,
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
      `The secret "${secret}" does not exist in the environment "${run.environment.slug}"${whose}. Create it, then run again: tenon secrets set ${secret} --env ${run.environment.slug}`,
    );
  }
  const variable = Object.keys(needs.variables).find((name) => !Object.hasOwn(run.variables, name));
  return variable === undefined
    ? null
    : needError(
        "TENON_VARIABLE_MISSING",
        `The variable "${variable}" does not exist in the environment "${run.environment.slug}". Create it, then run again.`,
      );
}

function needError(code: string, message: string): RunError {
  return { code, name: "NeedError", message, stack: null, location: null, cause: null };
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
