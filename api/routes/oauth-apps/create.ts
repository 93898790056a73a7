import { endpoint } from "#api/endpoint.ts";
import { audit } from "#api/middleware/audit.ts";
import { REPLAYED, createOnce } from "#api/middleware/idempotency.ts";
import { findEnvironment } from "#api/references.ts";
import { newId } from "#runtime/ids.ts";
import { appPlace } from "#runtime/oauth/app.ts";
import { seal } from "#runtime/vault/seal.ts";
import {
  createOAuthAppBody,
  findOAuthApp,
  oauthAppSchema,
  requireSharedReach,
  showOAuthApp,
} from "./schema.ts";
import { requireUsable, sentSecrets } from "./secrets.ts";

export const createOAuthApp = endpoint({
  method: "post",
  path: "/oauth-apps",
  operationId: "createOAuthApp",
  tag: "OAuth apps",
  summary: "Store an OAuth app",
  description:
    "What you registered with a provider. Register it there with the redirect URI `$TENON_URL/oauth/callback/<connector>`; the answer says it in full. An environment's own app is taken before that of the organization.",
  scope: "oauth-apps:manage",
  action: "oauth_app.create",
  idempotent: true,
  body: createOAuthAppBody,
  bodyExample: { connector: "acme-crm", clientId: "tenon-production", clientSecret: "…" },
  answers: { 201: { description: "The app, without its secrets.", schema: oauthAppSchema } },
}).handledBy(async (call) => {
  const { parts, caller, body } = call;
  const { organizationId } = caller;
  const { connector } = await parts.catalogue.load(organizationId, body.connector);
  const secrets = sentSecrets(body);
  const names = Object.keys(secrets);
  requireUsable(connector, names);
  const id = newId();
  // Sealed before the transaction: the keyring takes a connection of its own.
  const sealed = await seal(parts.keyring, appPlace(organizationId, id, 1), JSON.stringify(secrets));
  const { value, replayed } = await createOnce(call, {
    id,
    create: async (sql) => {
      const environment =
        body.environment === null ? null : await findEnvironment(sql, caller, body.environment);
      if (environment === null) {
        await requireSharedReach(sql, caller);
      }
      await sql`
        insert into oauth_apps (id, organization_id, environment_id, connector, name, client_id, credential_sealed,
          secret_fields, scopes)
        values (${id}, ${organizationId}, ${environment?.id ?? null}, ${connector.slug}, ${body.name ?? connector.name},
          ${body.clientId}, ${names.length === 0 ? null : sealed}, ${names}, ${body.scopes})`;
      await audit(sql, call, {
        resourceId: id,
        details: { connector: connector.slug, environment: environment?.slug ?? null, secrets: names },
      });
      return findOAuthApp(sql, caller, id, "read");
    },
    find: (sql, earlier) => findOAuthApp(sql, caller, earlier, "read"),
  });
  return { status: 201, body: showOAuthApp(parts, value), headers: replayed ? REPLAYED : {} };
});
