import { InvalidError } from "#runtime/errors.ts";
import { bundleWorkflow } from "#sdk/bundle.ts";
import { BundleError } from "#sdk/errors.ts";

/**
 * Builds a single-file workflow that came by the API. Only `tenon` and `zod` may be imported; nothing is
 * read from this machine for it.
 *
 * @throws InvalidError `TENON_BUILD_FAILED` with file, line and column of each problem.
 */
export async function buildSource(request: {
  readonly source: string;
  readonly filename: string;
}): Promise<{ readonly code: string; readonly sourceMap: string }> {
  try {
    return await bundleWorkflow(request);
  } catch (error) {
    if (!(error instanceof BundleError)) {
      throw error;
    }
    const issues = error.issues.map(({ file, line, column, message }) => ({
      path: file === null ? request.filename : `${file}:${String(line)}:${String(column)}`,
      message,
    }));
    throw new InvalidError(
      `The workflow does not build: ${issues[0]?.path ?? ""}: ${issues[0]?.message ?? ""}`,
      {
        code: "TENON_BUILD_FAILED",
        status: 422,
        issues,
      },
    );
  }
}
