import { z } from "@hono/zod-openapi";
import { id, instant } from "#api/fields.ts";
import { invalid } from "#api/middleware/parse.ts";
import { pageOf } from "#api/page.ts";
import { slugPageQuery } from "#api/slug-page.ts";
import { CREDENTIAL_CATEGORIES } from "#sdk/connector/credential-type.ts";
import type { CredentialType } from "#sdk/connector/credential-type.ts";
import { parseCredentialType } from "#sdk/connector/parse-credential-type.ts";
import { DefinitionError } from "#sdk/connector/parse.ts";

const source = z
  .enum(["built-in", "organization"])
  .openapi({ description: "Whether it ships with the product or is the organization's own." });

export const credentialTypeSchema = z
  .object({
    id: id.nullable().openapi({ description: "Null for a built-in one: its slug names it." }),
    slug: z.string(),
    source,
    name: z.string(),
    category: z.enum(CREDENTIAL_CATEGORIES),
    description: z.string(),
    docs: z.string().nullable().openapi({ description: "Where a person reads how to get one." }),
    fields: z.array(
      z.object({
        name: z.string(),
        label: z.string(),
        type: z.enum(["string", "password", "number", "boolean"]),
        secret: z.boolean(),
        required: z.boolean(),
        default: z.string().nullable(),
        pattern: z.string().nullable(),
      }),
    ),
    definition: z.record(z.string(), z.unknown()),
    createdAt: instant.nullable(),
    updatedAt: instant.nullable(),
  })
  .openapi("CredentialType", {
    example: {
      id: null,
      slug: "acme-signing-key",
      source: "built-in",
      name: "Acme signing key",
      category: "security",
      description: "",
      docs: null,
      fields: [
        {
          name: "key",
          label: "Key",
          type: "password",
          secret: true,
          required: true,
          default: null,
          pattern: null,
        },
      ],
      definition: { slug: "acme-signing-key", name: "Acme signing key" },
      createdAt: null,
      updatedAt: null,
    },
  });

export const credentialTypePage = pageOf(credentialTypeSchema);
export const credentialTypeParams = z.strictObject({
  type: z
    .string()
    .min(1)
    .max(200)
    .openapi({ description: "Slug of the credential type.", example: "acme-signing-key" }),
});
export const credentialTypesQuery = z.strictObject({
  source: source.optional(),
  category: z.enum(CREDENTIAL_CATEGORIES).optional(),
  ...slugPageQuery,
});

export const EXAMPLE_TYPE = {
  slug: "acme-signing-key",
  name: "Acme signing key",
  category: "security",
  fields: { key: { label: "Key", type: "password" } },
};

export const credentialTypeBody = z.strictObject({
  definition: z.record(z.string(), z.unknown()).openapi({
    description: "Name, category, fields, and how a request carries them.",
  }),
});

/** The row of an own credential type. */
export interface CredentialTypeRow {
  readonly id: string;
  readonly definition: unknown;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Checks a definition that was sent. @throws InvalidError with one issue for each mistake in it */
export function parseType(given: unknown): CredentialType {
  try {
    return parseCredentialType(given);
  } catch (error) {
    if (error instanceof DefinitionError) {
      throw invalid(
        error.issues.slice(0, 100).map(({ path, message }) => ({
          path: path === "" ? "definition" : `definition.${path}`.slice(0, 200),
          message,
        })),
      );
    }
    throw error;
  }
}

/** A type as the API shows it; `row` where it is the organization's own. */
export function showType(
  type: CredentialType,
  row: Omit<CredentialTypeRow, "definition"> | null,
): z.input<typeof credentialTypeSchema> {
  const { slug, name, category, description } = type;
  return {
    id: row?.id ?? null,
    slug,
    source: row === null ? "built-in" : "organization",
    name,
    category,
    description,
    docs: type.docs ?? null,
    fields: Object.entries(type.fields).map(([fieldName, field]) => ({
      name: fieldName,
      label: field.label,
      type: field.type,
      secret: field.secret,
      required: field.required,
      default: field.default ?? null,
      pattern: field.pattern ?? null,
    })),
    definition: { ...type },
    createdAt: row?.createdAt.toISOString() ?? null,
    updatedAt: row?.updatedAt.toISOString() ?? null,
  };
}
