import { z } from "@hono/zod-openapi";
import { id, instant, memberName, mention, reference } from "#api/fields.ts";
import { LIMITS } from "#api/limits.ts";
import { pageOf, pageQuery } from "#api/page.ts";
import type { EnvironmentReference } from "#api/references.ts";

const value = z.string().max(LIMITS.value).openapi({ example: "30" });
const variableName = memberName.openapi({ example: "GRACE_DAYS" });

export const variableSchema = z
  .object({
    id,
    environment: mention,
    name: z.string(),
    value: z.string(),
    createdAt: instant,
    updatedAt: instant,
  })
  .openapi("Variable", {
    example: {
      id: "019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e77",
      environment: { id: "019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e78", slug: "staging" },
      name: "GRACE_DAYS",
      value: "30",
      createdAt: "2026-11-22T09:30:00.000Z",
      updatedAt: "2026-11-22T09:30:00.000Z",
    },
  });

export const variablePage = pageOf(variableSchema);
export const variablesParams = z.strictObject({ environment: reference("environment", "staging") });
export const variableParams = variablesParams.extend({ name: variableName });
export const variableQuery = z.strictObject(pageQuery);
export const createVariableBody = z.strictObject({ name: variableName, value });
export const putVariableBody = z.strictObject({ value });

/** A row of the table, as it is read for an answer. */
export interface VariableRow {
  readonly id: string;
  readonly name: string;
  readonly value: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The row as the API shows it. */
export function showVariable(
  row: VariableRow,
  environment: EnvironmentReference,
): z.input<typeof variableSchema> {
  return {
    id: row.id,
    environment: { id: environment.id, slug: environment.slug },
    name: row.name,
    value: row.value,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
