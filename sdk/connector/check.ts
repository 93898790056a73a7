import { actionIssues } from "./check-actions.ts";
import { appHostIssues } from "./check-app-hosts.ts";
import { fieldIssues } from "./check-fields.ts";
import { hostIssues } from "./check-hosts.ts";
import { methodIssues } from "./check-methods.ts";
import { requestIssues } from "./check-requests.ts";
import { templateIssues } from "./check-templates.ts";
import type { DefinitionIssue } from "./parse.ts";
import { PatternCheck } from "./pattern-problem.ts";
import type { Connector } from "./schema.ts";

/** Everything that is wrong in a definition although each part of it, alone, is well-formed. */
export function definitionIssues(connector: Connector): DefinitionIssue[] {
  const patterns = new PatternCheck();
  return [
    ...fieldIssues(connector, patterns),
    ...methodIssues(connector),
    ...templateIssues(connector),
    ...hostIssues(connector),
    ...appHostIssues(connector),
    ...requestIssues(connector),
    ...actionIssues(connector, patterns),
  ];
}
