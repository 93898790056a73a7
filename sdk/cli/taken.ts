import { TenonApiError } from "#sdk/errors.ts";

/** The refusal with the value that is taken: the API names only its field. Every other error as it is. */
export function nameTaken(error: unknown, values: Readonly<Record<string, string | undefined>>): unknown {
  if (!(error instanceof TenonApiError) || error.code !== "TENON_CONFLICT") {
    return error;
  }
  const { status, code, errors, requestId } = error;
  const issue = errors.find(({ path }) => values[path] !== undefined);
  return issue === undefined
    ? error
    : new TenonApiError({
        status,
        code,
        errors,
        detail: `The ${issue.path} "${values[issue.path] ?? ""}" ${issue.message}.`,
        ...(requestId === null ? {} : { requestId }),
      });
}
