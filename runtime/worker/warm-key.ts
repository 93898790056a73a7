import { contentHash } from "#runtime/ids.ts";
import type { ClaimedRun } from "#runtime/runs/claim.ts";

/** What of a run decides whose isolates it may have. */
export type WarmFacts = Pick<ClaimedRun, "organizationId" | "workflowSlug"> & {
  readonly environment: Pick<ClaimedRun["environment"], "id">;
  readonly customer: Pick<NonNullable<ClaimedRun["customer"]>, "id"> | null;
  readonly version: Pick<ClaimedRun["version"], "number" | "bundleHash">;
};

/**
 * Who may get an isolate that this run was in: the same version of the same workflow, for the same customer (or
 * none), in the same environment. From the worker's own rows: nothing of it is the run's to say.
 */
export function warmKey({ organizationId, environment, customer, workflowSlug, version }: WarmFacts): string {
  const { number, bundleHash } = version;
  return contentHash(
    organizationId,
    environment.id,
    customer?.id ?? "",
    workflowSlug,
    String(number),
    bundleHash,
  );
}
