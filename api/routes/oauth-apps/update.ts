import { endpoint } from "#api/endpoint.ts";
import type { Call } from "#api/endpoint.ts";
import { audit } from "#api/middleware/audit.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { ConflictError } from "#runtime/errors.ts";
import { appCredential } from "#runtime/oauth/app-credential.ts";
import { appPlace, openOAuthAppById } from "#runtime/oauth/app.ts";
import type { AppCredential } from "#runtime/oauth/app-credential.ts";
import { resetProvider } from "#runtime/oauth/breaker.ts";
import { seal } from "#runtime/vault/seal.ts";
import { findOAuthApp, oauthAppParams, oauthAppSchema, showOAuthApp, updateOAuthAppBody } from "./schema.ts";
import type { OAuthAppRow } from "./schema.ts";
import { requireUsable, sentSecrets } from "./secrets.ts";

export const updateOAuthApp = endpoint({
  method: "patch",
  path: "/oauth-apps/{app}",
  operationId: "updateOAuthApp",
  tag: "OAuth apps",
  summary: "Change an OAuth app",
  description:
    "What is not sent, or blank, stays. With another client id or secret, connections that failed for it are tried again.",
  scope: "oauth-apps:manage",
  action: "oauth_app.update",
  params: oauthAppParams,
  body: updateOAuthAppBody,
  bodyExample: { clientSecret: "…" },
  answers: { 200: { description: "The app as it is now, without its secrets.", schema: oauthAppSchema } },
}).handledBy(async (call) => {
  const { parts, caller, params, body } = call;
  const tenant = <T>(work: (sql: TenantSql) => Promise<T>) =>
    asOrganization(parts.database, caller.organizationId, work);
  const present = await tenant((sql) => findOAuthApp(sql, caller, params.app, "change"));
  const sent = sentSecrets(body);
  const draft = Object.keys(sent).length === 0 ? null : await resealed(call, present, sent);
  const row = await tenant(async (sql) => {
    const written = await sql`
      update oauth_apps set
        name = ${body.name ?? sql`name`},
        client_id = ${body.clientId ?? sql`client_id`},
        scopes = ${body.scopes === undefined ? sql`scopes` : body.scopes},
        ${
          draft === null
            ? sql``
            : sql`credential_sealed = ${draft.sealed}, secret_fields = ${draft.names}, version = version + 1,`
        }
        updated_at = now()
      where organization_id = ${caller.organizationId} and id = ${present.id} and version = ${present.version}
      returning 1`;
    if (written.length === 0) {
      throw new ConflictError("Another request has just changed this OAuth app; read it and try again.");
    }
    if (draft !== null || body.clientId !== undefined) {
      const provider = {
        organizationId: caller.organizationId,
        connector: present.connector,
        app: present.id,
      };
      await resetProvider(sql, provider, new Date());
    }
    await audit(sql, call, { resourceId: present.id, details: { fields: Object.keys(body) } });
    return findOAuthApp(sql, caller, present.id, "change");
  });
  return { status: 200, body: showOAuthApp(parts, row) };
});

/** The secrets that are there with those that were sent, sealed for the app's next version. */
async function resealed(
  { parts, caller: { organizationId } }: Pick<Call, "parts" | "caller">,
  present: OAuthAppRow,
  sent: AppCredential,
): Promise<{ readonly sealed: Buffer; readonly names: readonly string[] }> {
  const app = await openOAuthAppById(parts, { organizationId, id: present.id });
  const kept = Object.fromEntries(
    Object.keys(appCredential.shape).flatMap((name) => {
      const value = app?.[name as keyof AppCredential] ?? null;
      return value === null ? [] : [[name, value]];
    }),
  ) as AppCredential;
  const secrets = { ...kept, ...sent };
  const names = Object.keys(secrets);
  const { connector } = await parts.catalogue.load(organizationId, present.connector);
  requireUsable(connector, names);
  const place = appPlace(organizationId, present.id, present.version + 1);
  return { sealed: await seal(parts.keyring, place, JSON.stringify(secrets)), names };
}
