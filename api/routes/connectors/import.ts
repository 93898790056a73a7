import { z } from "@hono/zod-openapi";
import { endpoint } from "#api/endpoint.ts";
import { displayName, slug } from "#api/fields.ts";
import { LIMITS } from "#api/limits.ts";
import { REPLAYED } from "#api/middleware/idempotency.ts";
import { importInThread } from "#runtime/connections/import-openapi.ts";
import { storeConnector } from "./create.ts";
import { parseDefinition } from "./definition.ts";
import { connectorSummarySchema, summarize } from "./schema.ts";

const reportShape = {
  operations: z.object({
    total: z.int(),
    imported: z.int().openapi({ description: "How many became actions." }),
    skipped: z
      .array(z.object({ operation: z.string(), reason: z.string() }))
      .openapi({ description: "Why the others did not; at most 1,000." }),
  }),
  warnings: z.array(z.string()).openapi({ description: "What should be looked at." }),
};

const importBody = z.strictObject({
  document: z.string().min(1).openapi({
    description:
      "Text of an OpenAPI 3.x or Swagger 2.0 document, JSON or YAML. Nothing that it refers to is fetched.",
  }),
  slug: slug.optional().openapi({ description: "Default: from the document's title.", example: "acme-crm" }),
  name: displayName.optional().openapi({ description: "Default: the document's title." }),
  baseUrl: z.string().min(1).max(2_000).optional().openapi({
    description: "Where the API is, instead of what the document says. HTTPS.",
    example: "https://api.example.com/v2",
  }),
  only: z
    .array(z.string().min(1).max(500))
    .min(1)
    .max(100)
    .optional()
    .openapi({
      description:
        "Import a part: operations whose path begins with one of these, or that have one of these tags.",
      example: ["/contacts", "Deals"],
    }),
  create: z.boolean().default(true).openapi({
    description: "False: only says what would become of it, with the definition.",
  }),
});

export const importConnector = endpoint({
  method: "post",
  path: "/connectors/import",
  operationId: "importConnector",
  tag: "Connectors",
  summary: "Make a connector of an OpenAPI document",
  description:
    "Security schemes become auth methods, servers become hosts, operations become actions. Look at the warnings: many documents say less than their API needs.",
  scope: "connectors:manage",
  action: "connector.create",
  idempotent: true,
  bodyLimit: LIMITS.openApiBody,
  body: importBody,
  bodyExample: { document: "openapi: 3.1.0\n…", slug: "acme-crm" },
  answers: {
    200: {
      description: "What would become of it.",
      schema: z
        .object({ definition: z.record(z.string(), z.unknown()), ...reportShape })
        .openapi("ConnectorImportPreview"),
    },
    201: {
      description: "The new connector, and what became of the document.",
      schema: z.object({ connector: connectorSummarySchema, ...reportShape }).openapi("ConnectorImport"),
    },
  },
}).handledBy(async (call) => {
  const { document, create, ...named } = call.body;
  const report = await importInThread({ text: document, ...named });
  const { connector: definition } = report;
  const operations = { ...report.operations, skipped: [...report.operations.skipped] };
  const warnings = [...report.warnings];
  if (!create) {
    return { status: 200, body: { definition: { ...definition }, operations, warnings } };
  }
  const connector = parseDefinition(definition);
  const { value: row, replayed } = await storeConnector(call, connector, definition);
  const entry = { connector, source: "organization" as const, version: 1 };
  return {
    status: 201,
    body: { connector: summarize(entry, row.id), operations, warnings },
    headers: replayed ? REPLAYED : {},
  };
});
