import { z } from "@hono/zod-openapi";
import { id, instant, memberName, mention, reference } from "#api/fields.ts";
import { LIMITS } from "#api/limits.ts";
import { pageOf, pageQuery } from "#api/page.ts";
import type { EnvironmentReference, SlugReference } from "#api/references.ts";
import { hostPattern } from "#runtime/workflows/manifest.ts";

/** Shorter values are redacted as whole words only. */
const SHORT = 6;

const hosts = z
  .array(hostPattern)
  .max(100)
  .openapi({
    description:
      "Where the value may travel: `api.example.com`, `*.example.com`, with an optional port; TLS, unless it begins with `http://`.",
    example: ["erp.example.com"],
  });
const reveal = z
  .boolean()
  .openapi({ description: "Whether workflows that declare it may read the plain value." });

export const secretSchema = z
  .object({
    id,
    environment: mention,
    customer: mention.nullable().openapi({ description: "Null: the environment's own." }),
    name: z.string(),
    hosts: z.array(z.string()),
    reveal: z.boolean(),
    version: z.int().openapi({ description: "Counts the values that it had." }),
    warnings: z
      .array(z.string())
      .openapi({ description: "What this secret can not do, or does with a risk." }),
    createdAt: instant,
    updatedAt: instant,
  })
  .openapi("Secret", {
    description: "A secret without its value, which is never shown again.",
    example: {
      id: "019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e77",
      environment: { id: "019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e78", slug: "staging" },
      customer: null,
      name: "ERP_KEY",
      hosts: ["erp.example.com"],
      reveal: false,
      version: 1,
      warnings: [],
      createdAt: "2026-11-22T09:30:00.000Z",
      updatedAt: "2026-11-22T09:30:00.000Z",
    },
  });

const customer = reference(
  "customer whose override is meant; without it, the environment's own secret",
  "acme",
).optional();

export const secretPage = pageOf(secretSchema);
export const secretsParams = z.strictObject({ environment: reference("environment", "staging") });
export const secretParams = secretsParams.extend({ name: memberName });
export const secretsQuery = z.strictObject({ customer, ...pageQuery });
export const secretQuery = z.strictObject({ customer });

export const createSecretBody = z.strictObject({
  name: memberName,
  value: z.string().min(1).max(LIMITS.value).openapi({ description: "Sealed at once, never shown again." }),
  hosts: hosts.default([]),
  reveal: reveal.default(false),
});

export const putSecretBody = z.strictObject({
  value: z
    .string()
    .max(LIMITS.value)
    .optional()
    .openapi({ description: "Absent or blank keeps the present one." }),
  hosts: hosts.optional(),
  reveal: reveal.optional(),
});

/** A row of the table, as it is read for an answer. */
export interface SecretRow {
  readonly id: string;
  readonly name: string;
  readonly hosts: string[];
  readonly reveal: boolean;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Whose secret it is. */
export interface SecretOwner {
  readonly environment: EnvironmentReference;
  readonly customer: SlugReference | null;
}

/** The row as the API shows it. `value` only tells whether it is too short to be redacted everywhere. */
export function showSecret(row: SecretRow, owner: SecretOwner, value?: string): z.input<typeof secretSchema> {
  return {
    id: row.id,
    environment: { id: owner.environment.id, slug: owner.environment.slug },
    customer: owner.customer,
    name: row.name,
    hosts: row.hosts,
    reveal: row.reveal,
    version: row.version,
    warnings: warningsOf(row, value),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

function warningsOf(row: SecretRow, value: string | undefined): string[] {
  const plain = row.hosts.filter((host) => host.startsWith("http://"));
  return [
    ...(row.hosts.length === 0
      ? [
          `It has no hosts: it serves only ctx.hmac${row.reveal ? " and ctx.reveal" : ""}, and can not be sent anywhere.`,
        ]
      : []),
    ...(plain.length > 0 ? [`It travels unencrypted to ${plain.join(", ")}.`] : []),
    ...(row.reveal ? ["Workflows that declare it with reveal receive the plain value."] : []),
    ...(value !== undefined && value.length < SHORT
      ? [
          `It is shorter than ${String(SHORT)} characters: in logs and results it is redacted only as a whole word.`,
        ]
      : []),
  ];
}
