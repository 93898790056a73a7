import { STATUS_CODES } from "node:http";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { TenonError } from "#runtime/errors.ts";
import type { FieldIssue } from "#runtime/errors.ts";
import type { Logger } from "#runtime/log.ts";
import type { ApiEnv } from "../env.ts";
import { fromDatabase } from "./database-problem.ts";
import { RateLimitedError, rateLimitHeaders } from "./rate-limit.ts";

/** The body of every answer that is not a success: RFC 9457, with a stable code and the request's id. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly requestId: string;
  readonly errors: readonly FieldIssue[];
}

const RETRY_AFTER_SECONDS = 2;

/** Turns anything thrown into a problem. What is not meant for callers is logged and answered without detail. */
export function problem(log: Logger) {
  return (thrown: unknown, context: Context<ApiEnv>): Response => {
    const requestId = context.get("requestId");
    const error = toTenonError(thrown);
    if (error.fault !== "caller" && !(error instanceof RateLimitedError)) {
      log[error.fault === "operator" ? "error" : "warn"](
        { err: thrown, requestId, method: context.req.method, path: context.req.path },
        "request failed",
      );
    }
    return context.body(JSON.stringify(toProblem(error, requestId)), error.status as 500, {
      "Content-Type": "application/problem+json",
      ...headersFor(error),
    });
  };
}

function toProblem(error: TenonError, requestId: string): Problem {
  return {
    type: `urn:tenon:problem:${error.code}`,
    title: STATUS_CODES[error.status] ?? "Error",
    status: error.status,
    // An operator's error may name hosts and settings: it is for the log.
    detail: error.fault === "operator" ? INTERNAL_DETAIL : error.message,
    code: error.code,
    requestId,
    errors: error.issues,
  };
}

const INTERNAL_DETAIL = "Something went wrong inside Tenon. The log has the cause under this requestId.";

function toTenonError(thrown: unknown): TenonError {
  if (thrown instanceof TenonError) {
    return thrown;
  }
  if (thrown instanceof HTTPException && thrown.status < 500) {
    return new TenonError("TENON_INVALID", "caller", thrown.status, "The request can not be read.");
  }
  return (
    fromDatabase(thrown) ??
    new TenonError("TENON_INTERNAL", "operator", 500, INTERNAL_DETAIL, { cause: thrown })
  );
}

function headersFor(error: TenonError): Record<string, string> {
  if (error instanceof RateLimitedError) {
    return { ...rateLimitHeaders(error.allowance), "Retry-After": String(error.allowance.resetSeconds) };
  }
  if (error instanceof MethodNotAllowedError) {
    return { Allow: error.allowed.join(", ") };
  }
  if (error.status === 401) {
    return { "WWW-Authenticate": `Bearer realm="tenon"` };
  }
  return error.status === 503 ? { "Retry-After": String(RETRY_AFTER_SECONDS) } : {};
}

/** The path exists, but not with this method. */
export class MethodNotAllowedError extends TenonError {
  override readonly name = "MethodNotAllowedError";
  readonly allowed: readonly string[];
  constructor(method: string, allowed: readonly string[]) {
    super(
      "TENON_METHOD_NOT_ALLOWED",
      "caller",
      405,
      `${method} is not possible here; this path takes ${allowed.join(", ")}.`,
    );
    this.allowed = allowed;
  }
}
