import { builtInConnector } from "#connectors/index.ts";
import { endpoint } from "#api/endpoint.ts";
import { lintConnector } from "#sdk/connector/lint.ts";
import { DefinitionError, parseConnector } from "#sdk/connector/parse.ts";
import { EXAMPLE_DEFINITION, createConnectorBody, validationSchema } from "./schema.ts";

/** Issues that one answer has at the most. */
const ISSUES = 500;

export const validateConnector = endpoint({
  method: "post",
  path: "/connectors/validate",
  operationId: "validateConnector",
  tag: "Connectors",
  summary: "Check a definition",
  description: "Stores nothing. Says everything that is wrong, and what a careful author would mend.",
  scope: "connectors:read",
  action: "connector.validate",
  body: createConnectorBody,
  bodyExample: { definition: EXAMPLE_DEFINITION },
  answers: { 200: { description: "What is wrong with it, if anything.", schema: validationSchema } },
}).handledBy(async ({ body }) => {
  try {
    const connector = parseConnector(body.definition);
    const taken = builtInConnector(connector.slug) !== undefined;
    const issues = taken ? [{ path: "slug", message: "is taken by a built-in connector" }] : [];
    const warnings = lintConnector(connector).slice(0, ISSUES);
    return {
      status: 200,
      body: {
        valid: !taken,
        issues,
        warnings: warnings.map(({ path, message }) => ({ path, message })),
      },
    };
  } catch (error) {
    if (error instanceof DefinitionError) {
      return { status: 200, body: { valid: false, issues: error.issues.slice(0, ISSUES), warnings: [] } };
    }
    throw error;
  }
});
