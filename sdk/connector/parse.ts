import { definitionIssues } from "./check.ts";
import { describeIssues } from "./describe-issue.ts";
import { connectorSchema } from "./schema.ts";
import type { Connector } from "./schema.ts";

export { authMethodOf, fieldsOf } from "./methods.ts";

/** One thing that is wrong in a definition, and where: `auth.0.tokenUrl`. */
export interface DefinitionIssue {
  readonly path: string;
  readonly message: string;
}

/** A definition that is not one, with everything that is wrong in it. */
export class DefinitionError extends Error {
  override readonly name = "DefinitionError";
  readonly issues: readonly DefinitionIssue[];
  constructor(issues: readonly DefinitionIssue[]) {
    super(
      issues.map(({ path, message }) => `${path === "" ? "The definition" : path} ${message}`).join("\n"),
    );
    this.issues = issues;
  }
}

/** Checks a definition, whoever wrote it, and fills in the defaults. @throws DefinitionError */
export function parseConnector(given: unknown): Connector {
  const parsed = connectorSchema.safeParse(given, { reportInput: true });
  const issues = parsed.success ? definitionIssues(parsed.data) : describeIssues(parsed.error.issues);
  if (!parsed.success || issues.length > 0) {
    throw new DefinitionError(issues.length > 0 ? issues : [{ path: "", message: "is no connector" }]);
  }
  return parsed.data;
}
