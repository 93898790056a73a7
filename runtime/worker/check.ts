import { z } from "zod";
import { NotFoundError } from "#runtime/errors.ts";
import type { FieldIssue } from "#runtime/errors.ts";
import { acceptPublication, readPending, rejectPublication } from "#runtime/workflows/accept.ts";
import type { PendingPublication } from "#runtime/workflows/accept.ts";
import { connectionNeeds, manifestSchema } from "#runtime/workflows/manifest.ts";
import type { Manifest } from "#runtime/workflows/manifest.ts";
import type { WorkerParts } from "./parts.ts";

const CHECK_DEADLINE_MS = 20_000;

type Verdict =
  { readonly manifest: Manifest } | { readonly message: string; readonly issues: readonly FieldIssue[] };

/** Checks a publication: loads its bundle in a sandbox, without running it, and reads what it declares. */
export async function checkPublication(
  parts: WorkerParts,
  job: { readonly publicationId: string; readonly organizationId: string },
): Promise<void> {
  const publication = await readPending(parts.database, job);
  if (publication === null) {
    return;
  }
  const verdict = await judge(parts, publication);
  if ("manifest" in verdict) {
    await acceptPublication(parts.database, publication, verdict.manifest);
  } else {
    await rejectPublication(parts.database, publication, verdict);
  }
  parts.notifier.publish({ runId: publication.id, kind: "publication" });
}

async function judge(parts: WorkerParts, publication: PendingPublication): Promise<Verdict> {
  const { organizationId, bundleHash, workflowSlug } = publication;
  const bundle = await parts.bundles.load(organizationId, bundleHash);
  const signal = AbortSignal.timeout(CHECK_DEADLINE_MS);
  const description = await parts.sandboxes.describe({ organizationId, bundle, signal });
  if (description.status === "rejected") {
    const { code, message, location } = description.error;
    const path =
      location === null ? "workflow" : `${location.file}:${String(location.line)}:${String(location.column)}`;
    return { message: `${path}: ${message} (${code})`, issues: [{ path, message }] };
  }
  const parsed = manifestSchema.safeParse(description.manifest);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => ({
      path: z.core.toDotPath(issue.path),
      message: issue.message,
    }));
    return { message: `defineWorkflow: ${issues[0]?.path ?? ""}: ${issues[0]?.message ?? ""}`, issues };
  }
  if (parsed.data.slug !== undefined && parsed.data.slug !== workflowSlug) {
    const message = `is "${parsed.data.slug}" in the code, but it is published as "${workflowSlug}"; make them equal or leave it out`;
    return { message: `slug ${message}`, issues: [{ path: "slug", message }] };
  }
  const issues = await unknownConnectors(parts, organizationId, parsed.data);
  return issues.length > 0
    ? { message: `${issues[0]?.path ?? ""} ${issues[0]?.message ?? ""}`, issues }
    : { manifest: parsed.data };
}

/** Declared connectors that are neither built in nor the organization's own. */
async function unknownConnectors(
  { catalogue }: WorkerParts,
  organizationId: string,
  manifest: Manifest,
): Promise<FieldIssue[]> {
  const checked = Object.entries(connectionNeeds(manifest)).map(async ([alias, { connector }]) => {
    try {
      await catalogue.load(organizationId, connector);
      return [];
    } catch (error) {
      if (error instanceof NotFoundError) {
        const message = `names "${connector}", but there is no connector of that slug; GET /api/v1/connectors lists them`;
        return [{ path: `needs.connections.${alias}.connector`, message }];
      }
      throw error;
    }
  });
  return (await Promise.all(checked)).flat();
}
