import { asOrganization } from "#runtime/db/tenant.ts";
import type { Database } from "#runtime/db/connect.ts";
import type { FieldIssue } from "#runtime/errors.ts";
import { newId } from "#runtime/ids.ts";
import type { Manifest } from "./manifest.ts";

/** A publication that waits for its check. */
export interface PendingPublication {
  readonly id: string;
  readonly organizationId: string;
  readonly workflowId: string;
  readonly bundleHash: string;
  readonly createdBy: string | null;
  readonly workflowSlug: string;
}

/** Reads a publication that is still to be checked; null when somebody answered it already. */
export async function readPending(
  database: Database,
  request: { readonly organizationId: string; readonly publicationId: string },
): Promise<PendingPublication | null> {
  const [row] = await asOrganization(
    database,
    request.organizationId,
    async (sql) => sql<PendingPublication[]>`
      select p.id, p.organization_id, p.workflow_id, p.bundle_hash, p.created_by, w.slug as workflow_slug
      from publications p
      join workflows w on w.organization_id = p.organization_id and w.id = p.workflow_id
      where p.organization_id = ${request.organizationId} and p.id = ${request.publicationId} and p.status = 'pending'`,
  );
  return row ?? null;
}

/** Turns a checked publication into the workflow's next version. Numbers have no gaps: the workflow's row is locked. */
export async function acceptPublication(
  database: Database,
  publication: PendingPublication,
  manifest: Manifest,
): Promise<void> {
  const { organizationId, workflowId, bundleHash, createdBy } = publication;
  await asOrganization(database, organizationId, async (sql) => {
    await sql`select 1 from workflows where organization_id = ${organizationId} and id = ${workflowId} for update`;
    await sql`
      insert into versions (id, organization_id, workflow_id, number, bundle_hash, manifest, created_by)
      select ${newId()}, ${organizationId}, ${workflowId}, coalesce(max(number), 0) + 1, ${bundleHash},
        ${sql.json(manifest)}, ${createdBy}
      from versions where organization_id = ${organizationId} and workflow_id = ${workflowId}
      on conflict (organization_id, workflow_id, bundle_hash) do nothing`;
    await sql`
      update publications set status = 'accepted', finished_at = now(), version_id = (
        select id from versions
        where organization_id = ${organizationId} and workflow_id = ${workflowId} and bundle_hash = ${bundleHash})
      where organization_id = ${organizationId} and id = ${publication.id} and status = 'pending'`;
  });
}

/** Answers a publication with the reason why it is no version. */
export async function rejectPublication(
  database: Database,
  publication: PendingPublication,
  reason: { readonly message: string; readonly issues: readonly FieldIssue[] },
): Promise<void> {
  const { organizationId, id } = publication;
  await asOrganization(database, organizationId, async (sql) => {
    await sql`
      update publications set status = 'rejected', finished_at = now(),
        error = ${sql.json(reason)}
      where organization_id = ${organizationId} and id = ${id} and status = 'pending'`;
  });
}
