import { z } from "@hono/zod-openapi";
import type { Caller } from "#api/caller.ts";
import { id, instant, mention, reference } from "#api/fields.ts";
import { pageOf, pageQuery } from "#api/page.ts";
import type { SlugReference } from "#api/references.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { NotFoundError } from "#runtime/errors.ts";
import type { Manifest } from "#runtime/workflows/manifest.ts";

const manifestSchema = z
  .object({
    slug: z.string().optional(),
    tier: z.enum(["instant", "standard", "long"]),
    timeout: z.number().openapi({ description: "Milliseconds." }),
    isolation: z
      .enum(["fresh", "warm"])
      .optional()
      .openapi({ description: "Absent, in versions of older releases, means fresh." }),
    needs: z.object({
      secrets: z.record(z.string(), z.object({ reveal: z.boolean() })),
      variables: z.record(z.string(), z.object({})),
      connections: z
        .record(
          z.string(),
          z.object({
            connector: z.string(),
            owner: z.enum(["customer", "organization"]).optional(),
            optional: z.boolean(),
          }),
        )
        .optional()
        .openapi({ description: "Absent in versions of releases before connections." }),
      egress: z.array(z.string()),
    }),
    retry: z.object({
      maxAttempts: z.int(),
      initialInterval: z.number(),
      backoffCoefficient: z.number(),
      maxInterval: z.number(),
    }),
    input: z
      .record(z.string(), z.unknown())
      .nullable()
      .openapi({ description: "JSON Schema; null accepts any JSON." }),
  })
  .openapi("Manifest", { description: "What the code declares about itself; durations in milliseconds." });

export const versionSummarySchema = z
  .object({
    id,
    workflow: mention,
    number: z.int(),
    hash: z.string().openapi({ description: "SHA-256 of the built code." }),
    tier: z.enum(["instant", "standard", "long"]),
    createdBy: id.nullable().openapi({ description: "The API key that published it." }),
    createdAt: instant,
  })
  .openapi("VersionSummary");

export const versionSchema = versionSummarySchema
  .extend({
    manifest: manifestSchema,
    source: z
      .string()
      .nullable()
      .optional()
      .openapi({ description: "With `include=source`; null for bundles." }),
  })
  .openapi("Version");

export const versionPage = pageOf(versionSummarySchema);
export const versionsParams = z.strictObject({ workflow: reference("workflow", "sync-invoices") });
export const versionParams = versionsParams.extend({
  version: z.string().min(1).max(100).openapi({ description: "Number or id of the version.", example: "3" }),
});
export const versionsQuery = z.strictObject(pageQuery);
export const versionQuery = z.strictObject({ include: z.literal("source").optional() });

export const createVersionBody = z
  .strictObject({
    source: z.string().min(1).optional().openapi({ description: "One TypeScript or JavaScript file." }),
    filename: z
      .string()
      .max(200)
      .regex(
        /^[\w.-]+(\/[\w.-]+)*\.(ts|mts|js|mjs)$/,
        "must be a relative file name that ends with .ts, .mts, .js or .mjs",
      )
      .refine((name) => !name.split("/").includes(".."), "must not leave its folder")
      .optional()
      .openapi({ description: "What errors call the file. Default `workflow.ts`." }),
    bundle: z.string().min(1).optional().openapi({ description: "Built code, as the CLI makes it." }),
    sourceMap: z.string().min(1).optional().openapi({ description: "Source map of the bundle." }),
  })
  .superRefine((body, context) => {
    const refuse = (path: string, message: string) =>
      context.addIssue({ code: "custom", path: [path], message });
    if ((body.source === undefined) === (body.bundle === undefined)) {
      refuse("source", "is one of two: give either source or bundle");
    }
    if (body.filename !== undefined && body.source === undefined) {
      refuse("filename", "belongs to source; a bundle carries its names in the source map");
    }
    if (body.sourceMap !== undefined && body.bundle === undefined) {
      refuse("sourceMap", "belongs to bundle; the map of a source is made here");
    }
  });

/** A row of the tables, as it is read for an answer. */
export interface VersionRow {
  readonly id: string;
  readonly number: number;
  readonly hash: string;
  readonly manifest: Manifest;
  readonly createdBy: string | null;
  readonly createdAt: Date;
}

/** The row as a list shows it. */
export function showVersionSummary(
  row: VersionRow,
  workflow: SlugReference,
): z.input<typeof versionSummarySchema> {
  return {
    id: row.id,
    workflow,
    number: row.number,
    hash: row.hash,
    tier: row.manifest.tier,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
  };
}

/** Reads one version of a workflow, with its manifest. */
export async function readVersion(
  sql: TenantSql,
  caller: Caller,
  workflow: SlugReference,
  versionId: string,
): Promise<z.input<typeof versionSchema> & { hash: string }> {
  const [row] = await sql<VersionRow[]>`
    select id, number, bundle_hash as hash, manifest, created_by, created_at from versions
    where organization_id = ${caller.organizationId} and workflow_id = ${workflow.id} and id = ${versionId}`;
  if (row === undefined) {
    throw new NotFoundError("version", versionId);
  }
  const { slug, ...manifest } = row.manifest;
  return {
    ...showVersionSummary(row, workflow),
    manifest: slug === undefined ? manifest : { slug, ...manifest },
  };
}
