import type { ActionInput } from "#sdk/connector/action.ts";
import { importOpenApi } from "#sdk/connector/openapi/import.ts";
import type { ImportOptions, ImportReport } from "#sdk/connector/openapi/import.ts";
import { parseConnector } from "#sdk/connector/parse.ts";

/** A part of a document. */
export type Part = Record<string, unknown>;

/** A document with what a test is about. */
export function documentOf(part: Part): Part {
  return {
    openapi: "3.0.3",
    info: { title: "Pet Store", description: "Pets." },
    servers: [{ url: "https://api.pets.example/v1/" }],
    paths: { "/pets": { get: { operationId: "listPets", responses: {} } } },
    ...part,
  };
}

/** What becomes of a document with this part; its connector is one. */
export function imported(part: Part, options?: ImportOptions): ImportReport {
  const report = importOpenApi(JSON.stringify(documentOf(part)), options);
  parseConnector(report.connector);
  return report;
}

/** The only action of a document with this operation. */
export function actionOf(
  operation: Part,
  where = { method: "post", path: "/pets" },
  more: Part = {},
): ActionInput {
  const { connector, operations } = imported({
    paths: { [where.path]: { [where.method]: operation } },
    ...more,
  });
  const [action] = connector.actions ?? [];
  if (action === undefined) {
    throw new Error(JSON.stringify(operations.skipped));
  }
  return action;
}
