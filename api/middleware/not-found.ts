import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { TenonError } from "#runtime/errors.ts";
import type { ApiEnv } from "../env.ts";
import { MethodNotAllowedError } from "./problem.ts";

/** Answers 405 where the path exists with another method, and 404 elsewhere. */
export function notFound(app: OpenAPIHono<ApiEnv>) {
  return (context: Context<ApiEnv>): never => {
    const { method, path } = context.req;
    const allowed = allowedMethods(app, path);
    if (allowed.length > 0) {
      throw new MethodNotAllowedError(method, allowed);
    }
    throw new TenonError(
      "TENON_NOT_FOUND",
      "caller",
      404,
      `There is nothing at ${method} ${path}; see /docs.`,
    );
  };
}

function allowedMethods(app: OpenAPIHono<ApiEnv>, path: string): string[] {
  const parts = path.split("/");
  const methods = app.routes
    .filter((route) => route.method !== "ALL" && matches(route.path.split("/"), parts))
    .map((route) => route.method);
  return [...new Set(methods.includes("GET") ? [...methods, "HEAD"] : methods)].sort();
}

function matches(pattern: readonly string[], parts: readonly string[]): boolean {
  return (
    pattern.length === parts.length &&
    pattern.every((part, index) => (part.startsWith(":") ? parts[index] !== "" : part === parts[index]))
  );
}
