import type { Caller } from "#api/caller.ts";
import { endpoint } from "#api/endpoint.ts";
import { audit } from "#api/middleware/audit.ts";
import { REPLAYED, createOnce } from "#api/middleware/idempotency.ts";
import { requireReach } from "#api/middleware/permission.ts";
import { allows } from "#api/scopes.ts";
import type { Grant } from "#api/scopes.ts";
import { ForbiddenError } from "#runtime/errors.ts";
import { newId } from "#runtime/ids.ts";
import { makeApiKey } from "#runtime/keys.ts";
import { apiKeyColumns, createApiKeyBody, newApiKeySchema, readApiKey, showApiKey } from "./schema.ts";
import type { ApiKeyRow } from "./schema.ts";

const ONCE = "Store the key now: it is not shown again.";
const NEVER_AGAIN =
  "This key was created by an earlier request and is not shown again; if it is lost, revoke it.";

export const createApiKey = endpoint({
  method: "post",
  path: "/api-keys",
  operationId: "createApiKey",
  tag: "API keys",
  summary: "Create an API key",
  description:
    "A key can not grant what it lacks: no other scopes, no live key by a test key, no longer life.",
  scope: "api-keys:manage",
  action: "api-key.create",
  idempotent: true,
  body: createApiKeyBody,
  bodyExample: {
    name: "Continuous integration",
    kind: "test",
    scopes: ["workflows:read", "workflows:deploy_test"],
  },
  answers: { 201: { description: "The new key; `key` is shown this once.", schema: newApiKeySchema } },
}).handledBy(async (call) => {
  const { caller, body } = call;
  const grant = {
    scopes: body.scopes ?? caller.scopes,
    expiresAt: body.expiresAt === undefined ? caller.expiresAt : body.expiresAt,
  };
  requireReach(caller, { production: body.kind === "live", what: "a live key would" });
  requireNoMore(caller, grant);
  const { key, hash, preview } = makeApiKey(body.kind);
  const id = newId();
  const { value, replayed } = await createOnce(call, {
    id,
    create: async (sql) => {
      const [row] = await sql<[ApiKeyRow]>`
          insert into api_keys (id, organization_id, name, kind, preview, hash, scopes, expires_at)
          values (${id}, ${caller.organizationId}, ${body.name}, ${body.kind}, ${preview}, ${hash},
            ${[...new Set(grant.scopes)]}, ${grant.expiresAt})
          returning ${apiKeyColumns(sql)}`;
      await audit(sql, call, {
        resourceId: id,
        details: { name: body.name, kind: body.kind, scopes: grant.scopes },
      });
      return row;
    },
    find: (sql, earlier) => readApiKey(sql, caller.organizationId, earlier),
  });
  const shown = showApiKey(value);
  return replayed
    ? { status: 201, body: { ...shown, key: null, warning: NEVER_AGAIN }, headers: REPLAYED }
    : { status: 201, body: { ...shown, key, warning: ONCE } };
});

function requireNoMore(caller: Caller, grant: { scopes: readonly Grant[]; expiresAt: Date | null }): void {
  const lacking = grant.scopes.filter((scope) => !allows(caller.scopes, scope));
  if (lacking.length > 0) {
    throw new ForbiddenError(
      `This API key can not grant scopes that it lacks itself: ${lacking.join(", ")}.`,
    );
  }
  const { expiresAt } = caller;
  if (expiresAt !== null && (grant.expiresAt === null || grant.expiresAt > expiresAt)) {
    throw new ForbiddenError(
      `This API key expires at ${expiresAt.toISOString()}; it can not create one that lives longer.`,
    );
  }
}
