import { asOrganization } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { ConflictError, InvalidError, NotFoundError } from "#runtime/errors.ts";
import { resolveHosts } from "#runtime/oauth/resolve.ts";
import type { AuthMethod } from "#sdk/connector/auth.ts";
import type { Connector } from "#sdk/connector/schema.ts";
import type { Actor } from "./audit.ts";
import { auditConnection } from "./audit.ts";
import { checkFields } from "./check-fields.ts";
import { loadMethod, needsConsent } from "./method.ts";
import { openPresent } from "./open-present.ts";
import type { PresentConnection } from "./open-present.ts";
import type { ConnectionParts } from "./parts.ts";
import { makeCredential } from "./paste.ts";
import { reconnectConnection } from "./reconnect.ts";

/** What is to change. What is not given stays, and so does a blank field. */
export interface Edit {
  readonly organizationId: string;
  readonly connectionId: string;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  readonly fields?: Readonly<Record<string, string>> | undefined;
  readonly verify: boolean;
  readonly actor: Actor;
  readonly signal: AbortSignal;
}

/** Changes a connection. New fields are tried out first, and must be of the same upstream account. */
export async function editConnection(parts: ConnectionParts, edit: Edit): Promise<void> {
  if (Object.values(edit.fields ?? {}).some((value) => value !== "")) {
    await editFields(parts, edit);
  }
  const changed = (["name", "description", "tags", "metadata"] as const).filter(
    (name) => edit[name] !== undefined,
  );
  if (changed.length > 0) {
    await asOrganization(parts.database, edit.organizationId, (sql) => describe(sql, edit, changed));
  }
}

async function editFields(parts: ConnectionParts, edit: Edit): Promise<void> {
  const present = await openPresent(parts, edit);
  if (present.status === "disconnected") {
    throw new ConflictError("The connection is disconnected: reconnect it with its credential.", {
      code: "TENON_CONNECTION_DISCONNECTED",
    });
  }
  const { organizationId } = edit;
  const { connector, method } = await loadMethod(parts.catalogue, { organizationId, ...present });
  const given = edit.fields ?? {};
  requireSameHosts(connector, method, { given, present });
  const made = await makeCredential(parts, {
    organizationId,
    environmentId: present.environmentId,
    connector,
    method,
    given,
    present: { fields: present.fields, secrets: present.credential.fields },
    ...(needsConsent(method) ? { tokensOf: present.credential } : {}),
    verify: edit.verify,
    signal: edit.signal,
  });
  await reconnectConnection(
    parts,
    {
      organizationId,
      connectionId: edit.connectionId,
      credential: made.credential,
      fields: made.fields,
      oauthAppId: needsConsent(method) ? present.oauthAppId : made.oauthAppId,
      account: made.verification?.account ?? null,
      scopes: needsConsent(method) ? present.scopes : made.scopes,
      verification: made.verification,
      from: present.version,
      actor: edit.actor,
    },
    "connection.update",
  );
}

/**
 * A credential that nobody may read must not be led elsewhere by who may only edit: when the hosts change, it is
 * typed again.
 */
function requireSameHosts(
  connector: Connector,
  method: AuthMethod,
  {
    given,
    present,
  }: { readonly given: Readonly<Record<string, string>>; readonly present: PresentConnection },
): void {
  const { credential } = present;
  const after = checkFields(connector, method, given, { fields: present.fields, secrets: credential.fields });
  const hosts = (fields: Readonly<Record<string, string>>): string =>
    JSON.stringify(resolveHosts(connector, { fields, credential }));
  if (hosts(after.fields) === hosts(present.fields)) {
    return;
  }
  if (Object.keys(credential.tokens).length > 0 && needsConsent(method)) {
    throw new ConflictError(
      "These fields lead to another host than the account was authorized for; reconnect the connection instead.",
      { code: "TENON_CREDENTIAL_NEEDED" },
    );
  }
  const kept = Object.keys(credential.fields).filter((name) => (given[name] ?? "") === "");
  if (kept.length > 0) {
    throw new InvalidError(
      "These fields lead to another host, and a stored secret never follows: send its fields again too.",
      {
        code: "TENON_CREDENTIAL_NEEDED",
        issues: kept.map((name) => ({ path: `fields.${name}`, message: "must be sent again" })),
      },
    );
  }
}

async function describe(sql: TenantSql, edit: Edit, changed: readonly string[]): Promise<void> {
  const { organizationId, connectionId } = edit;
  const rows = await sql`
    update connections set
      name = ${edit.name ?? sql`name`},
      description = ${edit.description ?? sql`description`},
      tags = ${edit.tags === undefined ? sql`tags` : [...edit.tags]},
      metadata = ${edit.metadata === undefined ? sql`metadata` : sql.json(edit.metadata)},
      updated_at = now()
    where organization_id = ${organizationId} and id = ${connectionId} returning 1`;
  if (rows.length === 0) {
    throw new NotFoundError("connection", connectionId);
  }
  await auditConnection(sql, {
    organizationId,
    connectionId,
    actor: edit.actor,
    action: "connection.update",
    details: { fields: changed },
  });
}
