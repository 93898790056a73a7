/**
 * Every error that a person or a program outside Tenon may see. One class per way of recovering:
 * a `caller` error is mended by changing the request or the workflow, an `operator` error by changing
 * the installation, and a `passing` one by trying again.
 */
export type Fault = "caller" | "operator" | "passing";

/** One invalid field: where it is, and what would mend it. */
export interface FieldIssue {
  /** Path to the field, as in `needs.secrets.ERP_KEY`. */
  readonly path: string;
  readonly message: string;
}

export interface TenonErrorOptions {
  readonly cause?: unknown;
  readonly issues?: readonly FieldIssue[];
}

/** An error with a stable code. Its message names what happened, to what, and what to do; never a secret. */
export class TenonError extends Error {
  override readonly name: string = "TenonError";
  /** Stable and documented: `TENON_…`. */
  readonly code: string;
  readonly fault: Fault;
  /** The HTTP status that this error has where it crosses the API. */
  readonly status: number;
  readonly issues: readonly FieldIssue[];

  constructor(code: string, fault: Fault, status: number, message: string, options: TenonErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.fault = fault;
    this.status = status;
    this.issues = options.issues ?? [];
  }
}

/** The request is malformed or names something impossible (400, or 422 where `status` says so). */
export class InvalidError extends TenonError {
  override readonly name = "InvalidError";
  constructor(message: string, options: TenonErrorOptions & { code?: string; status?: number } = {}) {
    super(options.code ?? "TENON_INVALID", "caller", options.status ?? 400, message, options);
  }
}

/** No such thing, or not this organization's: both answer alike. */
export class NotFoundError extends TenonError {
  override readonly name = "NotFoundError";
  constructor(kind: string, reference: string) {
    super("TENON_NOT_FOUND", "caller", 404, `There is no ${kind} "${reference}".`);
  }
}

/** The request contradicts what exists: a taken name, a used idempotency key, an inactive workflow. */
export class ConflictError extends TenonError {
  override readonly name = "ConflictError";
  constructor(message: string, options: TenonErrorOptions & { code?: string } = {}) {
    super(options.code ?? "TENON_CONFLICT", "caller", 409, message, options);
  }
}

/** Nobody is known by that credential. */
export class UnauthorizedError extends TenonError {
  override readonly name = "UnauthorizedError";
  constructor(message: string, code = "TENON_UNAUTHORIZED") {
    super(code, "caller", 401, message);
  }
}

/** Known, but not allowed. */
export class ForbiddenError extends TenonError {
  override readonly name = "ForbiddenError";
  constructor(message: string, code = "TENON_FORBIDDEN") {
    super(code, "caller", 403, message);
  }
}

/** Larger than a documented limit. */
export class TooLargeError extends TenonError {
  override readonly name = "TooLargeError";
  constructor(message: string) {
    super("TENON_TOO_LARGE", "caller", 413, message);
  }
}

/** The installation is wrong: a setting, a port, a schema, a key. Stops the process with one line. */
export class SetupError extends TenonError {
  override readonly name = "SetupError";
  constructor(message: string, options: TenonErrorOptions = {}) {
    super("TENON_SETUP", "operator", 500, message, options);
  }
}

/** Something that we need is away for now: the database, the queue. Trying again may help. */
export class UnavailableError extends TenonError {
  override readonly name = "UnavailableError";
  constructor(message: string, options: TenonErrorOptions = {}) {
    super("TENON_UNAVAILABLE", "passing", 503, message, options);
  }
}
