import type { EgressSecret } from "#runtime/egress/fetch.ts";
import { ForbiddenError } from "#runtime/errors.ts";
import type { Execution } from "../execution.ts";

/** The declared secret of that name; an undeclared one is refused with the line that would declare it. */
export function declaredSecret(execution: Execution, name: string): EgressSecret {
  const secret = execution.secrets.find((candidate) => candidate.name === name);
  if (secret === undefined) {
    throw new ForbiddenError(
      `The secret ${name} is not declared. Add it to the manifest: needs: { secrets: { ${name}: {} } }.`,
      "TENON_UNDECLARED",
    );
  }
  return secret;
}
