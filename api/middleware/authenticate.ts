import type { Context } from "hono";
import type { Database } from "#runtime/db/connect.ts";
import { asSystem } from "#runtime/db/tenant.ts";
import { UnauthorizedError } from "#runtime/errors.ts";
import { hashApiKey, isApiKey } from "#runtime/keys.ts";
import type { ApiKeyKind } from "#runtime/keys.ts";
import type { Caller } from "../caller.ts";
import type { ApiEnv } from "../env.ts";
import type { Grant } from "../scopes.ts";
import type { KeyUse } from "./key-use.ts";

interface KeyRow {
  readonly id: string;
  readonly organizationId: string;
  readonly kind: ApiKeyKind;
  readonly scopes: readonly Grant[];
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly lastUsedAt: Date | null;
}

/** Who sends this request. One query, by the hash: found or not, revoked or not, the work is the same. */
export async function authenticate(
  context: Context<ApiEnv>,
  database: Database,
  keyUse: KeyUse,
): Promise<Caller> {
  const key = keyOf(context);
  const [row] = await asSystem(database)<KeyRow[]>`
    select id, organization_id, kind, scopes, expires_at, revoked_at, last_used_at
    from api_keys where hash = ${hashApiKey(key)}`;
  if (row === undefined) {
    throw new UnauthorizedError(
      "This API key is not known here; check that it belongs to this installation.",
    );
  }
  if (row.revokedAt !== null) {
    throw new UnauthorizedError("This API key was revoked; use another one.", "TENON_KEY_REVOKED");
  }
  if (row.expiresAt !== null && row.expiresAt.getTime() <= Date.now()) {
    throw new UnauthorizedError("This API key has expired; create a new one.", "TENON_KEY_EXPIRED");
  }
  keyUse.note(row.id, row.lastUsedAt);
  return {
    organizationId: row.organizationId,
    keyId: row.id,
    kind: row.kind,
    scopes: row.scopes,
    expiresAt: row.expiresAt,
  };
}

/** Whether a key still is what its request was let in with: neither revoked nor expired since. */
export async function stillHolds(database: Database, { organizationId, keyId }: Caller): Promise<boolean> {
  const [row] = await asSystem(database)`
    select 1 from api_keys
    where organization_id = ${organizationId} and id = ${keyId} and revoked_at is null
      and (expires_at is null or expires_at > now())`;
  return row !== undefined;
}

/** The key, from any of the three headers that carry one. */
function keyOf(context: Context<ApiEnv>): string {
  const authorization = context.req.header("authorization");
  const bearer = authorization === undefined ? undefined : /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
  if (authorization !== undefined && bearer === undefined) {
    throw new UnauthorizedError("The header Authorization must read: Bearer <API key>.");
  }
  const sent = [bearer, context.req.header("x-api-key"), context.req.header("x-fastn-api-key")].filter(
    (value) => value !== undefined,
  );
  const [key] = sent;
  if (key === undefined) {
    throw new UnauthorizedError(
      "An API key is needed: send it as Authorization: Bearer <key>, or as x-api-key.",
    );
  }
  if (sent.some((other) => other !== key)) {
    throw new UnauthorizedError("The request carries different API keys in different headers; send one.");
  }
  if (!isApiKey(key)) {
    throw new UnauthorizedError(
      "This is not an API key: its form or its checksum is wrong. Was it copied completely?",
    );
  }
  return key;
}
