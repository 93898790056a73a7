import type { OpenAPIHono } from "@hono/zod-openapi";
import type { ApiEnv } from "../env.ts";

/** The OpenAPI document of this installation. */
export type OpenApiDocument = ReturnType<OpenAPIHono<ApiEnv>["getOpenAPI31Document"]>;

const TAGS = [
  { name: "Organization", description: "The account that owns everything below." },
  {
    name: "Environments",
    description: "Development, staging, production…: each with its own values and deployments.",
  },
  { name: "Variables", description: "Named plain values of an environment." },
  { name: "Secrets", description: "Named sealed values. They are written, never read back." },
  { name: "Customers", description: "The tenants of the organization." },
  {
    name: "Connectors",
    description:
      "Third-party APIs, described once: how to authenticate, where requests go, what can be done.",
  },
  { name: "Credential types", description: "Templates of credentials, with typed fields." },
  {
    name: "OAuth apps",
    description: "The clients that you registered with providers. Secrets are write-only.",
  },
  { name: "Connections", description: "Authenticated accounts. Their credentials are never read back." },
  {
    name: "Incidents",
    description: "Troubles of a provider or an OAuth app, one for all of its connections.",
  },
  { name: "API keys", description: "Who may call this API, and what they may do." },
  { name: "Workflows", description: "The unit of code." },
  {
    name: "Versions",
    description: "Immutable published snapshots of a workflow, identified by their content.",
  },
  { name: "Deployments", description: "Versions that are live in an environment." },
  { name: "Runs", description: "Executions: start, follow, read, cancel." },
  {
    name: "Connect sessions",
    description:
      "Let people of a customer connect their own accounts, on a page of ours: as a popup, in a frame, or by redirect.",
  },
  {
    name: "Webhooks",
    description:
      "Who wants to hear of events. Messages are signed as Standard Webhooks says, and sent at least once: know them by `webhook-id`.",
  },
  { name: "Events", description: "What happened, as it was sent to webhooks. Kept for 30 days." },
  { name: "Audit", description: "What was changed, by whom and from where." },
];

const INTRODUCTION = `Tenon runs workflows, written in TypeScript, in isolates that hold no power of their own.

Every request carries an API key, as \`Authorization: Bearer <key>\`, \`x-api-key\` or \`x-fastn-api-key\`. Bodies and
answers are JSON; unknown fields are refused. Lists answer \`{ data, nextCursor }\`, newest first. Where a path names an
environment, a customer or a workflow, its id and its slug are accepted. Another organization's id answers 404, exactly
as an id that does not exist. Every error is a problem detail (RFC 9457) with a stable \`code\` and a \`requestId\`.`;

/** Generates the document from the routes that are on the app. */
export function openApiDocument(app: OpenAPIHono<ApiEnv>): OpenApiDocument {
  const { openAPIRegistry: registry } = app;
  registry.registerComponent("securitySchemes", "bearer", {
    type: "http",
    scheme: "bearer",
    description: "The API key as a bearer token.",
  });
  registry.registerComponent("securitySchemes", "apiKey", {
    type: "apiKey",
    in: "header",
    name: "x-api-key",
  });
  registry.registerComponent("securitySchemes", "fastnApiKey", {
    type: "apiKey",
    in: "header",
    name: "x-fastn-api-key",
  });
  return app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "Tenon API", version: "1", description: INTRODUCTION, license: { name: "Apache-2.0" } },
    servers: [{ url: "/" }],
    tags: TAGS,
  });
}
