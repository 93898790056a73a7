import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asOrganization } from "#runtime/db/tenant.ts";
import { newId } from "#runtime/ids.ts";
import { makeTenant, startApi } from "#test/api/server.ts";
import type { Client, Json, Problem } from "#test/api/client.ts";
import type { Tenant, TestApi } from "#test/api/server.ts";

const OAUTH = {
  id: "oauth",
  type: "oauth2" as const,
  label: "Sign in",
  authorizeUrl: "https://acme.example/authorize",
  tokenUrl: "https://acme.example/token",
};
const definitionOf = (slug: string, host = "acme.example") => ({
  slug,
  name: "Acme",
  hosts: [host],
  baseUrl: `https://${host}`,
  auth: [{ ...OAUTH, authorizeUrl: `https://${host}/authorize`, tokenUrl: `https://${host}/token` }],
});

describe("a connector decides where credentials travel, so a test key", () => {
  let api: TestApi;
  let tenant: Tenant;
  let tester: Client;
  beforeAll(async () => {
    api = await startApi();
    tenant = await makeTenant(api);
    tester = await tenant.withKey({ kind: "test" });
    await tenant.client.send("POST", "/environments", { slug: "live", production: true });
    await tenant.client.send("POST", "/environments", { slug: "trial" });
    await tenant.client.send("POST", "/customers", { slug: "globex", name: "Globex" });
  });
  afterAll(async () => api.close());

  /** Tokens of a connection that is gone, which the provider did not end yet. */
  const leaveTokens = async (connector: string, cause: string): Promise<{ readonly status: number }> => {
    const { organizationId } = tenant;
    await asOrganization(api.db.database, organizationId, async (sql) => {
      await sql`
        insert into revocations (organization_id, connection_id, connector, method, fields, credential_version,
          credential_sealed, cause)
        values (${organizationId}, ${newId()}, ${connector}, 'oauth', '{}', 1, ${Buffer.from("sealed")}, ${cause})`;
    });
    return { status: 201 };
  };
  const app = { clientId: "id", clientSecret: "secret of production" };
  const USES: readonly (readonly [string, (connector: string) => Promise<{ readonly status: number }>])[] = [
    [
      "whose OAuth app is production's",
      async (connector) =>
        tenant.client.send("POST", "/oauth-apps", { ...app, connector, environment: "live" }),
    ],
    [
      "whose OAuth app serves production too",
      async (connector) => tenant.client.send("POST", "/oauth-apps", { ...app, connector }),
    ],
    [
      "that a customer is about to connect in production",
      async (connector) =>
        tenant.client.send("POST", "/connect-sessions", {
          environment: "live",
          customer: "globex",
          connectors: [connector],
        }),
    ],
    ["whose tokens wait to be revoked", async (connector) => leaveTokens(connector, "connection.delete")],
    [
      "whose tokens of an environment that is gone wait to be revoked",
      async (connector) => leaveTokens(connector, "environment.delete"),
    ],
  ];

  test.each(USES)("neither changes nor deletes one %s", async (what, use) => {
    const slug = `acme-${String(USES.findIndex(([name]) => name === what))}`;
    expect((await tester.send("POST", "/connectors", { definition: definitionOf(slug) })).status).toBe(201);
    expect((await use(slug)).status).toBe(201);
    const changed = await tester.send<Problem>("PUT", `/connectors/${slug}`, {
      definition: definitionOf(slug, "evil.example"),
      acceptBreaking: true,
    });
    const removed = await tester.send<Problem>("DELETE", `/connectors/${slug}`);
    expect([changed.body.code, removed.body.code]).toEqual(["TENON_TEST_KEY", "TENON_TEST_KEY"]);
    const { body } = await tenant.client.get<{ definition: Json }>(`/connectors/${slug}`);
    expect(body).toMatchObject({ version: 1 });
  });

  test("changes and deletes one that only its own environments use", async () => {
    await tester.send("POST", "/connectors", { definition: definitionOf("own") });
    await tester.send("POST", "/oauth-apps", { ...app, connector: "own", environment: "trial" });
    const definition = definitionOf("own", "other.example");
    expect((await tester.send("PUT", "/connectors/own", { definition })).status).toBe(200);
    expect((await tester.send("DELETE", "/connectors/own")).status).toBe(204);
  });
});
