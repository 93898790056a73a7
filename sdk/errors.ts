/** One message of the compiler, at a place in the author's own files. */
export interface BundleIssue {
  readonly message: string;
  /** Relative to the project; `null` where the message concerns no file. */
  readonly file: string | null;
  /** 1-based. */
  readonly line: number | null;
  /** 1-based, in UTF-16 units as editors count. */
  readonly column: number | null;
  /** The line of source that the message is about. */
  readonly lineText: string | null;
  /** How many characters of that line it is about; at least 1. */
  readonly length: number;
  /** What would help, and related places. */
  readonly notes: readonly string[];
}

/**
 * A workflow could not be built. `issues` says what is wrong, and where.
 *
 * @example
 * ```ts
 * catch (error) {
 *   if (error instanceof BundleError) for (const issue of error.issues) console.error(issue.file, issue.line, issue.message);
 * }
 * ```
 */
export class BundleError extends Error {
  override readonly name = "BundleError";
  /** Always `TENON_BUILD_FAILED`. */
  readonly code = "TENON_BUILD_FAILED";
  readonly issues: readonly BundleIssue[];

  constructor(issues: readonly BundleIssue[]) {
    const [first] = issues;
    const where = first?.file == null ? "" : `${first.file}:${String(first.line)}:${String(first.column)}: `;
    super(`The workflow does not build. ${where}${first?.message ?? "Unknown reason."}`);
    this.issues = issues;
  }
}

/** One invalid field of a request. */
export interface FieldError {
  /** As in `needs.secrets.ERP_KEY`. */
  readonly path: string;
  readonly message: string;
}

/** What a problem response says (RFC 9457). */
export interface Problem {
  readonly type?: string;
  readonly title?: string;
  readonly status: number;
  readonly detail?: string;
  readonly code: string;
  readonly requestId?: string | null;
  readonly errors?: readonly FieldError[];
}

/**
 * The API refused a request, or failed to serve it. `code` is stable and documented; `message` is for people.
 *
 * @example
 * ```ts
 * catch (error) {
 *   if (error instanceof TenonApiError && error.code === "TENON_NOT_FOUND") return null;
 *   throw error;
 * }
 * ```
 */
export class TenonApiError extends Error {
  override readonly name = "TenonApiError";
  /** HTTP status. */
  readonly status: number;
  /** `TENON_…`; `TENON_UNKNOWN_RESPONSE` where something that is not Tenon answered. */
  readonly code: string;
  /** Invalid fields, where the request was invalid. */
  readonly errors: readonly FieldError[];
  /** Quote it to whoever operates the server; `null` where the response had none. */
  readonly requestId: string | null;
  /** Milliseconds after which the server wants to be asked again; `null` where it did not say. */
  readonly retryAfterMs: number | null;

  constructor(problem: Problem, retryAfterMs: number | null = null) {
    super(problem.detail ?? problem.title ?? `The server answered ${String(problem.status)}.`);
    this.status = problem.status;
    this.code = problem.code;
    this.errors = problem.errors ?? [];
    this.requestId = problem.requestId ?? null;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The server could not be reached, or the connection broke: nothing is known about the request. */
export class TenonConnectionError extends Error {
  override readonly name = "TenonConnectionError";
  /** Always `TENON_UNREACHABLE`. */
  readonly code = "TENON_UNREACHABLE";
  /** The server's address, without the path. */
  readonly url: string;

  constructor(url: string, options: { readonly cause: unknown }) {
    super(`Cannot reach ${url}${reasonOf(options.cause)}.`, options);
    this.url = url;
  }
}

/** `fetch` hides the system's reason in causes: "fetch failed" says nothing, `ECONNREFUSED` says it all. */
function reasonOf(error: unknown): string {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    if ("code" in cause && typeof cause.code === "string") {
      return ` (${cause.code})`;
    }
  }
  return error instanceof Error && error.message !== "fetch failed" ? ` (${error.message})` : "";
}
