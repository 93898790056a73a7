import { createHmac } from "node:crypto";
import { getConnInfo } from "@hono/node-server/conninfo";
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { ForbiddenError, InvalidError } from "#runtime/errors.ts";
import type { AnyReply, Call, Endpoint, RequestFacts } from "./endpoint.ts";
import type { ApiEnv } from "./env.ts";
import { LIMITS } from "./limits.ts";
import { auditDenied } from "./middleware/audit.ts";
import { authenticate } from "./middleware/authenticate.ts";
import { readJson, textIssue } from "./middleware/body.ts";
import type { JsonBody } from "./middleware/body.ts";
import { createKeyUse } from "./middleware/key-use.ts";
import { invalid } from "./middleware/parse.ts";
import { requireScope } from "./middleware/permission.ts";
import { createRateLimiter, rateLimitHeaders } from "./middleware/rate-limit.ts";
import { describe } from "./openapi/describe.ts";
import type { ApiParts } from "./parts.ts";

/** Where every endpoint of this version lives. */
export const BASE_PATH = "/api/v1";

/** Puts endpoints on the app. Each request passes in the order of trust: who, how often, may, is it valid, do it. */
export function mount(app: OpenAPIHono<ApiEnv>, parts: ApiParts, endpoints: readonly Endpoint[]): void {
  const keyUse = createKeyUse(parts.database, parts.log);
  const countRequest = createRateLimiter(parts.rateLimit?.perMinute ?? 0);
  // Keyed, because the request may hold a secret that is easy to guess from a plain hash.
  const hashKey = createHmac("sha256", parts.config.masterKey).update("idempotency request hash").digest();

  for (const endpoint of endpoints) {
    app.openAPIRegistry.registerPath(describe(endpoint, BASE_PATH));
    app.on(endpoint.method, BASE_PATH + routingPath(endpoint.path), async (context) => {
      const caller = await authenticate(context, parts.database, keyUse);
      const allowance = countRequest(caller.keyId);
      const facts = requestFacts(context, endpoint);
      const call = { parts, caller, context, request: facts, params: {}, query: {}, body: {} };
      try {
        if (endpoint.scope !== null) {
          requireScope(caller, endpoint.scope);
        }
        const { text, ...input } = await readInput(context, endpoint);
        const hash = (): string =>
          requestHash(hashKey, [endpoint.operationId, input.params, input.query, text]);
        const request = {
          ...facts,
          hash,
          idempotencyKey: endpoint.idempotent === true ? idempotencyKey(context) : null,
        };
        const reply = await endpoint.answer({ ...call, ...input, request });
        return send(context, reply, allowance === null ? {} : rateLimitHeaders(allowance));
      } catch (error) {
        if (error instanceof ForbiddenError) {
          auditDenied(call, error.code);
        }
        throw error;
      }
    });
  }
}

function requestHash(key: Buffer, content: readonly unknown[]): string {
  // `wait` says how to answer, not what to do: asking again with more patience is the same request.
  const identity = JSON.stringify(content, (name, value: unknown) => (name === "wait" ? undefined : value));
  return createHmac("sha256", key).update(identity).digest("hex");
}

/** `/runs/{run}` as Hono writes it: `/runs/:run`. */
function routingPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1");
}

function requestFacts(context: Context<ApiEnv>, endpoint: Endpoint): RequestFacts {
  return {
    id: context.get("requestId"),
    address: context.env.incoming === undefined ? null : (getConnInfo(context).remote.address ?? null),
    idempotencyKey: null,
    hash: () => "",
    operation: endpoint.operationId,
    action: endpoint.action,
    resourceType: endpoint.action.slice(0, endpoint.action.indexOf(".")),
  };
}

function idempotencyKey(context: Context<ApiEnv>): string | null {
  const key = context.req.header("idempotency-key");
  if (key !== undefined && !/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new InvalidError(
      "The header Idempotency-Key must have 1 to 255 printable ASCII characters, without spaces.",
      {
        issues: [
          {
            path: "Idempotency-Key",
            message: "must have 1 to 255 printable ASCII characters, without spaces",
          },
        ],
      },
    );
  }
  return key ?? null;
}

async function readInput(
  context: Context<ApiEnv>,
  endpoint: Endpoint,
): Promise<Pick<Call, "params" | "query" | "body"> & { text: string }> {
  const params = context.req.param();
  const query = context.req.query();
  for (const [name, value] of Object.entries({ ...params, ...query })) {
    const issue = textIssue(name, value);
    if (issue !== null) {
      throw invalid([issue]);
    }
  }
  const body: JsonBody =
    endpoint.body === undefined
      ? { text: "", value: {} }
      : await readJson(context, endpoint.bodyLimit ?? LIMITS.body, endpoint.opaque ?? []);
  return { params, query, body: body.value, text: body.text };
}

function send(context: Context<ApiEnv>, reply: AnyReply, headers: Record<string, string>): Response {
  for (const [name, value] of Object.entries(headers)) {
    context.header(name, value);
  }
  if ("stream" in reply) {
    return reply.stream;
  }
  for (const [name, value] of Object.entries(reply.headers ?? {})) {
    context.header(name, value);
  }
  return reply.body === null
    ? context.body(null, reply.status as 204)
    : context.json(reply.body, reply.status as 200);
}
