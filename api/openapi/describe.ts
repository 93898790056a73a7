import { z } from "@hono/zod-openapi";
import type { RouteConfig } from "@hono/zod-openapi";
import type { Answer, Endpoint } from "../endpoint.ts";
import { problemSchema } from "./problem-schema.ts";

const SECURITY = [{ bearer: [] }, { apiKey: [] }, { fastnApiKey: [] }];

const idempotencyHeader = z.object({
  "Idempotency-Key": z.string().min(1).max(255).optional().openapi({
    description:
      "Sent again with the same request, nothing is created twice: the first answer's resource comes back.",
    example: "order-1042",
  }),
});

/** An endpoint as OpenAPI describes it. */
export function describe(endpoint: Endpoint, basePath: string): RouteConfig {
  const { scope } = endpoint;
  return {
    method: endpoint.method,
    path: basePath + endpoint.path,
    operationId: endpoint.operationId,
    tags: [endpoint.tag],
    summary: endpoint.summary,
    description: [
      endpoint.description,
      `Scope: ${
        scope === null
          ? "any valid key"
          : [scope]
              .flat()
              .map((one) => `\`${one}\``)
              .join(" or ")
      }.`,
    ]
      .filter((part) => part !== undefined)
      .join("\n\n"),
    security: SECURITY,
    request: requestOf(endpoint),
    responses: { ...successes(endpoint.answers), ...problems(endpoint) },
  };
}

function requestOf(endpoint: Endpoint): NonNullable<RouteConfig["request"]> {
  return {
    ...(endpoint.params !== undefined && { params: endpoint.params as z.ZodObject }),
    ...(endpoint.query !== undefined && { query: endpoint.query as z.ZodObject }),
    ...(endpoint.idempotent === true && { headers: idempotencyHeader }),
    ...(endpoint.body !== undefined && {
      body: {
        required: true,
        content: {
          "application/json": {
            schema: endpoint.body,
            ...(endpoint.bodyExample !== undefined && { example: endpoint.bodyExample }),
          },
        },
      },
    }),
  };
}

function successes(answers: Readonly<Record<number, Answer>>): RouteConfig["responses"] {
  return Object.fromEntries(
    Object.entries(answers).map(([status, { description, schema, example, contentType }]) => [
      status,
      schema === null
        ? { description }
        : {
            description,
            content: {
              [contentType ?? "application/json"]: { schema, ...(example !== undefined && { example }) },
            },
          },
    ]),
  );
}

/** Whether a query names a resource, which may not exist. */
function refersTo(query: z.ZodType | undefined): boolean {
  return (
    query instanceof z.ZodObject &&
    ["environment", "workflow", "customer"].some((name) => name in query.shape)
  );
}

function problems(endpoint: Endpoint): RouteConfig["responses"] {
  const hasInput =
    endpoint.body !== undefined || endpoint.query !== undefined || endpoint.params !== undefined;
  const possible: [number, string, boolean][] = [
    [400, "The request is malformed or a field is wrong.", hasInput || endpoint.idempotent === true],
    [401, "No key, or one that is unknown, revoked or expired.", true],
    [403, "The key lacks the scope, or is a test key and this is production.", endpoint.scope !== null],
    [
      404,
      "No such resource in this organization.",
      endpoint.path.includes("{") || endpoint.body !== undefined || refersTo(endpoint.query),
    ],
    [409, "The request contradicts what exists.", endpoint.method !== "get"],
    [413, "Larger than a documented limit.", endpoint.body !== undefined],
    [415, "The body is not application/json.", endpoint.body !== undefined],
    [
      422,
      "The Idempotency-Key was used for a different request, or the code was refused.",
      endpoint.idempotent === true,
    ],
    [429, "Too many requests of this key; see Retry-After.", true],
    [500, "A fault of the installation.", true],
    [503, "The database or the queue is away; see Retry-After.", true],
  ];
  return Object.fromEntries(
    possible
      .filter(([, , applies]) => applies)
      .map(([status, description]) => [
        status,
        { description, content: { "application/problem+json": { schema: problemSchema } } },
      ]),
  );
}
