import { z } from "@hono/zod-openapi";
import { id, instant } from "#api/fields.ts";
import { pageOf, pageQuery } from "#api/page.ts";
import { slugPageQuery } from "#api/slug-page.ts";
import type { CatalogueEntry } from "#runtime/oauth/catalogue.ts";
import { authMethodOf, fieldsOf } from "#sdk/connector/parse.ts";

const source = z
  .enum(["built-in", "organization"])
  .openapi({ description: "Whether it ships with the product or is the organization's own." });
const methodType = z.enum(["none", "basic", "bearer", "api-key", "oauth2", "custom"]);

const summaryShape = {
  id: id.nullable().openapi({ description: "Null for a built-in one: its slug names it." }),
  slug: z.string(),
  source,
  version: z.int(),
  name: z.string(),
  description: z.string(),
  domain: z.string().nullable(),
  icon: z.string().nullable(),
  visibility: z.enum(["private", "public"]),
  categories: z.array(z.string()),
  actions: z.int().openapi({ description: "How many actions it has." }),
  events: z.int().openapi({ description: "How many events it has." }),
};

const summaryExample = {
  id: "019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e77",
  slug: "acme-crm",
  source: "organization" as const,
  version: 2,
  name: "Acme CRM",
  description: "Contacts and deals.",
  domain: "acme.example",
  icon: null,
  visibility: "private" as const,
  categories: ["crm"],
  actions: 1,
  events: 0,
};

export const connectorSummarySchema = z
  .object({
    ...summaryShape,
    auth: z.array(z.object({ id: z.string(), type: methodType, label: z.string() })),
  })
  .openapi("ConnectorSummary", {
    example: { ...summaryExample, auth: [{ id: "api-key", type: "api-key", label: "API key" }] },
  });

const fieldSchema = z.object({
  name: z.string(),
  label: z.string(),
  description: z.string().nullable(),
  type: z.enum(["string", "password", "number", "boolean"]),
  secret: z.boolean().openapi({ description: "Sealed, and never shown again." }),
  required: z.boolean(),
  default: z.string().nullable(),
  placeholder: z.string().nullable(),
  pattern: z.string().nullable(),
  options: z.array(z.object({ value: z.string(), label: z.string() })).nullable(),
});

export const connectorSchema = z
  .object({
    ...summaryShape,
    auth: z.array(
      z.object({
        id: z.string(),
        type: methodType,
        label: z.string(),
        description: z.string().nullable(),
        help: z.string().nullable().openapi({ description: "Where a person gets the credential." }),
        default: z.boolean(),
        consent: z.boolean().openapi({
          description: "Whether the account's owner allows it on the provider's page; else it is pasted.",
        }),
        fields: z.array(fieldSchema).openapi({ description: "What a connection is asked for." }),
      }),
    ),
    definition: z.record(z.string(), z.unknown()).openapi({
      description: "The whole definition, with its defaults filled in.",
    }),
    createdAt: instant.nullable(),
    updatedAt: instant.nullable(),
  })
  .openapi("Connector", {
    example: {
      ...summaryExample,
      auth: [
        {
          id: "api-key",
          type: "api-key",
          label: "API key",
          description: null,
          help: null,
          default: true,
          consent: false,
          fields: [
            {
              name: "apiKey",
              label: "API key",
              description: null,
              type: "password",
              secret: true,
              required: true,
              default: null,
              placeholder: null,
              pattern: null,
              options: null,
            },
          ],
        },
      ],
      definition: { slug: "acme-crm", name: "Acme CRM" },
      createdAt: "2026-11-22T09:30:00.000Z",
      updatedAt: "2026-11-22T09:30:00.000Z",
    },
  });

export const connectorPage = pageOf(connectorSummarySchema);
export const connectorParams = z.strictObject({
  connector: z
    .string()
    .min(1)
    .max(200)
    .openapi({ description: "Slug of the connector.", example: "acme-crm" }),
});
export const connectorsQuery = z.strictObject({
  source: source.optional(),
  category: z.string().max(100).optional().openapi({ example: "crm" }),
  ...slugPageQuery,
});
export const connectorMembersQuery = z.strictObject(slugPageQuery);
export const connectorVersionsQuery = z.strictObject(pageQuery);

const definition = z.record(z.string(), z.unknown()).openapi({
  description: "What `defineConnector` of the SDK takes, as JSON.",
});

/** A definition of a few lines, in examples. */
export const EXAMPLE_DEFINITION = {
  slug: "acme-crm",
  name: "Acme CRM",
  hosts: ["api.acme.example"],
  baseUrl: "https://api.acme.example/v1",
  auth: [{ id: "api-key", type: "api-key", label: "API key", name: "X-Api-Key" }],
  verification: { path: "/me" },
};

export const createConnectorBody = z.strictObject({ definition });
export const updateConnectorBody = z.strictObject({
  definition,
  acceptBreaking: z.boolean().default(false).openapi({
    description: "Do it although connections or deployed workflows use what the new definition lacks.",
  }),
});

const issues = z.array(z.object({ path: z.string(), message: z.string() }));

export const validationSchema = z
  .object({
    valid: z.boolean(),
    issues: issues.openapi({ description: "What is wrong, and where." }),
    warnings: issues.openapi({ description: "What works, but should be looked at." }),
  })
  .openapi("ConnectorValidation", {
    example: { valid: false, issues: [{ path: "auth.0.id", message: "is missing" }], warnings: [] },
  });

export const connectorVersionSchema = z
  .object({ id, number: z.int(), hash: z.string(), createdBy: id.nullable(), createdAt: instant })
  .openapi("ConnectorVersion", {
    example: {
      id: "019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e77",
      number: 1,
      hash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
      createdBy: null,
      createdAt: "2026-11-22T09:30:00.000Z",
    },
  });
export const connectorVersionPage = pageOf(connectorVersionSchema);

const jsonSchema = z
  .union([z.boolean(), z.record(z.string(), z.unknown())])
  .openapi({ description: "JSON Schema." });

export const actionSchema = z
  .object({
    slug: z.string(),
    name: z.string(),
    description: z.string(),
    input: jsonSchema,
    output: jsonSchema,
    paginated: z.boolean().openapi({ description: "Whether its output is a list of many pages." }),
    idempotent: z.boolean(),
    scopes: z.array(z.string()),
    kind: z.enum(["http", "code"]),
    source: z.string().nullable(),
  })
  .openapi("ConnectorAction", {
    example: {
      slug: "get-contact",
      name: "Get a contact",
      description: "",
      input: { type: "object", properties: { contactId: { type: "string" } } },
      output: true,
      paginated: false,
      idempotent: true,
      scopes: [],
      kind: "http",
      source: null,
    },
  });
export const actionPage = pageOf(actionSchema);

export const eventSchema = z
  .object({ slug: z.string(), name: z.string(), description: z.string(), payload: jsonSchema })
  .openapi("ConnectorEvent", {
    example: { slug: "contact-created", name: "A contact was created", description: "", payload: true },
  });
export const eventPage = pageOf(eventSchema);

/** The row of an own connector, as far as the definition does not say it. */
export interface ConnectorRow {
  readonly id: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The parts of an entry that every answer shows. */
export function summarize(
  { connector, source: from, version }: CatalogueEntry,
  rowId: string | null,
): z.input<typeof connectorSummarySchema> {
  return {
    id: rowId,
    slug: connector.slug,
    source: from,
    version,
    name: connector.name,
    description: connector.description,
    domain: connector.domain ?? null,
    icon: connector.icon ?? null,
    visibility: connector.visibility,
    categories: connector.categories,
    auth: connector.auth.map(({ id: methodId, type, label }) => ({ id: methodId, type, label })),
    actions: connector.actions.length,
    events: connector.events.length,
  };
}

/** An entry as the API shows it; `row` where it is the organization's own. */
export function showConnector(
  entry: CatalogueEntry,
  row: ConnectorRow | null,
): z.input<typeof connectorSchema> {
  const { connector } = entry;
  const standard = authMethodOf(connector);
  return {
    ...summarize(entry, row?.id ?? null),
    auth: connector.auth.map((method) => ({
      id: method.id,
      type: method.type,
      label: method.label,
      description: method.description ?? null,
      help: method.help ?? null,
      default: method === standard,
      consent: method.type === "oauth2" && method.grant === "authorization_code",
      fields: Object.entries(fieldsOf(connector, method)).map(([name, field]) => ({
        name,
        label: field.label,
        description: field.description ?? null,
        type: field.type,
        secret: field.secret,
        required: field.required,
        default: field.default ?? null,
        placeholder: field.placeholder ?? null,
        pattern: field.pattern ?? null,
        options: field.options ?? null,
      })),
    })),
    definition: { ...connector },
    createdAt: row?.createdAt.toISOString() ?? null,
    updatedAt: row?.updatedAt.toISOString() ?? null,
  };
}
