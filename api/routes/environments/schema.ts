import { z } from "@hono/zod-openapi";
import { displayName, id, instant, reference, slug } from "#api/fields.ts";
import { pageOf, pageQuery } from "#api/page.ts";

export const environmentSchema = z
  .object({
    id,
    slug: z.string(),
    name: z.string(),
    production: z.boolean().openapi({ description: "Test keys do not reach it." }),
    createdAt: instant,
    updatedAt: instant,
  })
  .openapi("Environment", {
    example: {
      id: "019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e77",
      slug: "staging",
      name: "Staging",
      production: false,
      createdAt: "2026-11-22T09:30:00.000Z",
      updatedAt: "2026-11-22T09:30:00.000Z",
    },
  });

export const environmentPage = pageOf(environmentSchema);
export const environmentParams = z.strictObject({ environment: reference("environment", "staging") });
export const environmentQuery = z.strictObject(pageQuery);

export const createEnvironmentBody = z.strictObject({
  slug,
  name: displayName.optional().openapi({ description: "Default: the slug." }),
  production: z.boolean().default(false),
});

export const updateEnvironmentBody = z.strictObject({
  name: displayName.optional(),
  production: z.boolean().optional(),
});

/** A row of the table, as it is read for an answer. */
export interface EnvironmentRow {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly production: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The row as the API shows it. */
export function showEnvironment(row: EnvironmentRow): z.input<typeof environmentSchema> {
  return { ...row, createdAt: row.createdAt.toISOString(), updatedAt: row.updatedAt.toISOString() };
}
