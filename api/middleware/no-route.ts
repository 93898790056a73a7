import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { TenonError } from "#runtime/errors.ts";
import type { ApiEnv } from "../env.ts";
import { MethodNotAllowedError } from "./problem.ts";

/** What is wrong with a request that no route takes: 405 where the path exists with another method, else 404. */
export function noRoute(app: OpenAPIHono<ApiEnv>, context: Context<ApiEnv>): TenonError {
  const { method, path } = context.req;
  const allowed = allowedMethods(app, path);
  return allowed.length > 0
    ? new MethodNotAllowedError(method, allowed)
    : new TenonError("TENON_NOT_FOUND", "caller", 404, `There is nothing at ${method} ${path}; see /docs.`);
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
