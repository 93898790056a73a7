import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { forgetConnections } from "#test/api/server.ts";
import { connectByOAuth, must, newSession, openPage, outcomeOf, startBench, visit } from "./kit.ts";
import type { ConnectBench } from "./kit.ts";

let bench: ConnectBench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(async () => bench.close());
beforeEach(async () => forgetConnections(bench.api, bench.tenant));

describe("an OAuth connection by the page", () => {
  test("goes through the provider and back, and belongs to the session's customer", async () => {
    const { api, tenant, provider } = bench;
    const visitor = await openPage(api, await newSession(tenant, { metadata: { source: "settings" } }));
    const begun = await visitor.authorize({ connector: "acme-crm" });
    expect(begun.response.status).toBe(200);
    const asked = new URL(begun.url ?? "");
    expect(asked.searchParams.get("redirect_uri")).toBe(`${api.url}/oauth/callback/acme-crm`);
    const back = await visitor.follow(await provider.consent(asked.href));
    expect(back.status).toBe(303);
    expect(back.headers.get("location")).toBe(`/connect/${visitor.session.id}#return`);
    expect(visitor.cookies.size).toBe(0);
    const { result } = await outcomeOf(visitor);
    expect(result).toMatchObject({ ok: true, connection: { name: "Acme CRM" } });
    const connection = await must(tenant, "GET", `/connections/${result?.connection?.id ?? ""}`);
    expect(connection).toMatchObject({
      connector: "acme-crm",
      status: "healthy",
      owner: { kind: "customer", customer: { slug: "globex" } },
      environment: { slug: "staging" },
      account: provider.account,
      metadata: { source: "settings" },
    });
    expect(provider.complaints).toEqual([]);
    const { data } = await must<{ data: unknown[] }>(tenant, "GET", "/audit?action=connection.create");
    expect(data[0]).toMatchObject({ actor: { type: "connect_session", id: visitor.session.id } });
  });

  test("is not made a second time for the account, and the page is told", async () => {
    const { api, tenant } = bench;
    const first = await connectByOAuth(bench, await openPage(api, await newSession(tenant)));
    const present = first.result?.connection?.id ?? "no connection";
    const { result } = await connectByOAuth(bench, await openPage(api, await newSession(tenant)));
    expect(result).toMatchObject({ ok: false, code: "TENON_ACCOUNT_CONNECTED" });
    expect(result?.message).toContain(present);
    const { data } = await must<{ data: { id: string }[] }>(tenant, "GET", "/connections");
    expect(data.map(({ id }) => id)).toEqual([present]);
  });

  test("is a user's own where the session names one, and only that user sees it", async () => {
    const { api, tenant } = bench;
    const visitor = await openPage(api, await newSession(tenant, { customerUser: "ada" }));
    const { result } = await connectByOAuth(bench, visitor);
    const id = result?.connection?.id ?? "";
    expect(await must(tenant, "GET", `/connections/${id}`)).toMatchObject({
      owner: { kind: "user", user: "ada" },
    });
    expect(await (await visitor.ask("/view?view=list")).text()).toContain(id);
    const other = await openPage(api, await newSession(tenant, { customerUser: "bob" }));
    expect(await (await other.ask("/view?view=list")).text()).not.toContain(id);
  });

  test("is made new in place by a session for it alone", async () => {
    const { api, tenant, provider } = bench;
    const first = await openPage(api, await newSession(tenant));
    const connection = (await connectByOAuth(bench, first)).result?.connection?.id ?? "";
    const session = await newSession(tenant, { connection });
    const visitor = await openPage(api, session);
    const form = await (await visitor.ask("/view?view=start")).text();
    expect(form).toContain("Reconnect Acme CRM");
    expect(form).toContain(connection);
    provider.control.revokeGrants();
    const { result } = await connectByOAuth(bench, visitor, { connection });
    expect(result).toMatchObject({ ok: true, connection: { id: connection } });
    expect(await must(tenant, "GET", `/connections/${connection}`)).toMatchObject({ status: "healthy" });
    const refused = await visitor.authorize({ connector: "acme-crm" });
    expect(refused.response.status).toBe(403);
  });

  test("says to people, and not to operators, that no OAuth app is there", async () => {
    const { api, tenant } = bench;
    const visitor = await openPage(api, await newSession(tenant, { connectors: ["hubspot"] }));
    const { response } = await visitor.authorize({ connector: "hubspot", method: "oauth" });
    const page = await response.text();
    expect(response.status).toBe(409);
    expect(page).toContain("Tell whoever sent you here");
    expect(page).not.toContain("POST /oauth-apps");
  });

  test("is offered only where an OAuth app is there, and whoever asks is told what is missing", async () => {
    const { api, tenant, provider } = bench;
    const [method] = provider.connector.auth;
    const definition = {
      ...provider.connector,
      slug: "mixed",
      name: "Mixed",
      defaultAuth: "oauth",
      auth: [method, { id: "key", type: "api-key", label: "Paste a key", name: "X-Api-Key" }],
    };
    await must(tenant, "POST", "/connectors", { definition });
    const bare = { ...provider.connector, slug: "bare", name: "Bare" };
    await must(tenant, "POST", "/connectors", { definition: bare });
    const session = await newSession(tenant, { connectors: ["acme-crm", "mixed", "bare"] });
    expect(session.warnings).toEqual([
      expect.stringMatching(
        /^"bare" cannot be connected in "staging" yet: no OAuth app .+\/oauth\/callback\/bare, and store it/,
      ),
    ]);
    const visitor = await openPage(api, session);
    const show = async (view: string): Promise<string> => (await visitor.ask(`/view?view=${view}`)).text();
    const list = await show("list");
    expect(list.match(/Not available yet/g)).toHaveLength(1);
    expect(list).toContain('data-view="connector=mixed"');
    expect(list).not.toContain('data-view="connector=bare"');
    expect(await show("one&connector=bare")).toBe(list);
    const pasted = await show("one&connector=mixed");
    expect(pasted).toContain('name="method" value="key"');
    expect(pasted).not.toContain("Sign in");
    expect(await show("one&connector=mixed&method=oauth")).toBe(pasted);
    const alone = await openPage(api, await newSession(tenant, { connectors: ["bare"] }));
    expect(await (await alone.ask("/view?view=start")).text()).toContain("Not available yet");

    const app = { clientId: "later", clientSecret: "s3cret" };
    await must(tenant, "POST", "/oauth-apps", { ...app, connector: "bare" });
    await must(tenant, "POST", "/oauth-apps", { ...app, connector: "mixed", environment: "staging" });
    expect((await newSession(tenant, { connectors: ["mixed", "bare"] })).warnings).toEqual([]);
    await must(tenant, "POST", "/environments", { slug: "qa", name: "QA" });
    await must(tenant, "POST", "/connectors", { definition: { ...bare, slug: "elsewhere" } });
    await must(tenant, "POST", "/oauth-apps", { ...app, connector: "elsewhere", environment: "qa" });
    expect((await newSession(tenant, { connectors: ["elsewhere"] })).warnings).toHaveLength(1);
    const there = await newSession(tenant, { connectors: ["elsewhere"], environment: "qa" });
    expect(there.warnings).toEqual([]);
    expect(await show("list")).not.toContain("Not available yet");
    expect(await show("one&connector=mixed")).toContain('name="method" value="oauth"');
  });

  test("tells the page, and the return URL, when the person says no", async () => {
    const { api, tenant, provider } = bench;
    const visitor = await openPage(
      api,
      await newSession(tenant, { redirectUrl: "https://app.example.com/done?tab=apps" }),
    );
    provider.control.deny("access_denied");
    const { result, redirect } = await connectByOAuth(bench, visitor);
    provider.control.deny(null);
    expect(result).toMatchObject({ ok: false, code: "TENON_AUTHORIZATION_DENIED" });
    expect(redirect).toBe(
      "https://app.example.com/done?tab=apps&status=failed&error=TENON_AUTHORIZATION_DENIED",
    );
  });

  test("is refused when the provider does not take its own token", async () => {
    const { api, tenant, provider } = bench;
    const visitor = await openPage(api, await newSession(tenant));
    provider.control.failNext(1, { status: 401, body: '{"message":"no"}' }, "verification");
    const { result } = await connectByOAuth(bench, visitor);
    expect(result).toMatchObject({ ok: false, code: "TENON_VERIFICATION_FAILED" });
  });

  test("says that the provider is away, and stores nothing", async () => {
    const { api, tenant, provider } = bench;
    const before = await must<{ data: unknown[] }>(tenant, "GET", "/connections");
    const visitor = await openPage(api, await newSession(tenant));
    provider.control.failNext(1, { status: 503 }, "token");
    const { result } = await connectByOAuth(bench, visitor);
    expect(result).toMatchObject({ ok: false, code: "TENON_PROVIDER_UNAVAILABLE" });
    const after = await must<{ data: unknown[] }>(tenant, "GET", "/connections");
    expect(after.data.length).toBe(before.data.length);
  });
});

describe("an authorization that a server began", () => {
  test("ends at its return URL with the outcome", async () => {
    const { tenant, provider, api } = bench;
    const { authorizeUrl } = await must<{ authorizeUrl: string }>(tenant, "POST", "/connections/authorize", {
      connector: "acme-crm",
      environment: "staging",
      customer: "globex",
      returnUrl: "https://app.example.com/back?x=1",
    });
    const browser = visit(api, { id: "", token: "", url: "", warnings: [] });
    const back = await browser.follow(await provider.consent(authorizeUrl));
    expect(back.status).toBe(303);
    expect(back.headers.get("location")).toMatch(
      /^https:\/\/app\.example\.com\/back\?x=1&status=connected&connection_id=[0-9a-f-]{36}$/,
    );
  });

  test("shows a small page without one", async () => {
    const { tenant, provider, api } = bench;
    const { authorizeUrl } = await must<{ authorizeUrl: string }>(tenant, "POST", "/connections/authorize", {
      connector: "acme-crm",
      environment: "staging",
      customer: "globex",
    });
    const back = await visit(api, { id: "", token: "", url: "", warnings: [] }).follow(
      await provider.consent(authorizeUrl),
    );
    expect(back.status).toBe(200);
    expect(await back.text()).toContain("Acme CRM is connected");
  });
});

describe("the session", () => {
  test("is listed, read and revoked by the API, without its token", async () => {
    const { api, tenant } = bench;
    const session = await newSession(tenant);
    const read = await must(tenant, "GET", `/connect-sessions/${session.id}`);
    expect(read).toMatchObject({ status: "waiting", connectors: ["acme-crm"], kind: "session" });
    expect(JSON.stringify(read)).not.toContain(session.token);
    const visitor = await openPage(api, session);
    expect(await must(tenant, "GET", `/connect-sessions/${session.id}`)).toMatchObject({ status: "open" });
    const revoked = await tenant.client.send("DELETE", `/connect-sessions/${session.id}`);
    expect(revoked.status).toBe(204);
    expect((await visitor.ask("/view?view=list")).status).toBe(401);
    expect(await must(tenant, "GET", `/connect-sessions/${session.id}`)).toMatchObject({ status: "revoked" });
    const { data } = await must<{ data: { id: string }[] }>(
      tenant,
      "GET",
      "/connect-sessions?customer=globex",
    );
    expect(data.map(({ id }) => id)).toContain(session.id);
  });

  test("ends after 15 minutes, a link after a day", async () => {
    const { tenant } = bench;
    const lifetime = async (more: object): Promise<number> => {
      const { expiresAt, createdAt } = await must<{ expiresAt: string; createdAt: string }>(
        tenant,
        "POST",
        "/connect-sessions",
        { environment: "staging", customer: "globex", connectors: ["acme-crm"], ...more },
      );
      return (Date.parse(expiresAt) - Date.parse(createdAt)) / 1_000;
    };
    expect(await lifetime({})).toBe(900);
    expect(await lifetime({ kind: "link" })).toBe(86_400);
    expect(await lifetime({ kind: "link", expiresIn: 604_800 })).toBe(604_800);
    const tooLong = await tenant.client.send("POST", "/connect-sessions", {
      environment: "staging",
      customer: "globex",
      connectors: ["acme-crm"],
      expiresIn: 86_400,
    });
    expect(tooLong.status).toBe(400);
  });

  test("of a link can be opened again, and the page before is cut off", async () => {
    const { api, tenant } = bench;
    const session = await newSession(tenant, { kind: "link" });
    const first = await openPage(api, session);
    const second = await openPage(api, session);
    expect((await second.ask("/view?view=list")).status).toBe(200);
    expect((await first.ask("/view?view=list")).status).toBe(401);
  });
});
