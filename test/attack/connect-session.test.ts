import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asOrganization } from "#runtime/db/tenant.ts";
import { newId } from "#runtime/ids.ts";
import { makeTenant } from "#test/api/server.ts";
import { connectByOAuth, must, newSession, openPage, startBench, visit } from "#test/connect/kit.ts";
import type { ConnectBench } from "#test/connect/kit.ts";

let bench: ConnectBench;
beforeAll(async () => {
  bench = await startBench();
  await must(bench.tenant, "POST", "/customers", { slug: "initech", name: "Initech" });
});
afterAll(async () => bench.close());

const codeOf = async (response: Response): Promise<string> =>
  ((await response.json()) as { code: string }).code;
const expire = async (sessionId: string): Promise<void> => {
  const { organizationId } = bench.tenant;
  await asOrganization(bench.api.db.database, organizationId, async (sql) => {
    await sql`
      update connect_sessions set expires_at = now()
      where organization_id = ${organizationId} and id = ${sessionId}`;
  });
};

describe("a session's token", () => {
  test("opens one page, once, however many try at the same moment", async () => {
    const session = await newSession(bench.tenant);
    const answers = await Promise.all(
      Array.from({ length: 6 }, async () => visit(bench.api, session).ask("/open", { token: session.token })),
    );
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 401, 401, 401, 401, 401]);
    const late = await visit(bench.api, session).ask("/open", { token: session.token });
    expect(await codeOf(late)).toBe("TENON_CONNECT_TOKEN_USED");
  });

  test("opens nothing after its end, and its page does nothing any more", async () => {
    const session = await newSession(bench.tenant);
    const visitor = await openPage(bench.api, await newSession(bench.tenant));
    await Promise.all([expire(session.id), expire(visitor.session.id)]);
    const answer = await visit(bench.api, session).ask("/open", { token: session.token });
    expect(await codeOf(answer)).toBe("TENON_CONNECT_SESSION_ENDED");
    expect((await visitor.ask("/view?view=list")).status).toBe(401);
    expect((await visitor.authorize({ connector: "acme-crm" })).response.status).toBe(401);
    expect((await fetch(`${bench.api.url}/connect/${session.id}`)).status).toBe(200);
    expect(await (await fetch(`${bench.api.url}/connect/${session.id}`)).text()).toContain(
      "does not work any more",
    );
  });

  test("does not open another session, and is no page credential; nor is an API key", async () => {
    const one = await newSession(bench.tenant);
    const two = await newSession(bench.tenant);
    const visitor = visit(bench.api, two);
    expect(await codeOf(await visitor.ask("/open", { token: one.token }))).toBe("TENON_CONNECT_TOKEN");
    for (const page of [one.token, two.token, bench.tenant.key, "tncp_", ""]) {
      visitor.page = page;
      expect((await visitor.ask("/view?view=list")).status).toBe(401);
    }
    const opened = await openPage(bench.api, one);
    visitor.page = opened.page;
    expect((await visitor.ask("/view?view=list")).status).toBe(401);
    const api = await fetch(`${bench.api.url}/api/v1/connections`, {
      headers: { authorization: `Bearer ${opened.page}` },
    });
    expect(api.status).toBe(401);
  });

  test("is in no answer, and nothing of it in the database", async () => {
    const session = await newSession(bench.tenant);
    const visitor = await openPage(bench.api, session);
    const shown = await Promise.all([
      fetch(`${bench.api.url}/connect/${session.id}`),
      visitor.ask("/view?view=list"),
      visitor.ask("/outcome"),
    ]);
    const texts = await Promise.all(shown.map(async (response) => response.text()));
    const rows = await asOrganization(
      bench.api.db.database,
      bench.tenant.organizationId,
      (sql) =>
        sql`select s::text as row from connect_sessions s where s.organization_id = ${bench.tenant.organizationId}`,
    );
    const all = texts.join("") + JSON.stringify(rows);
    for (const secret of [session.token, visitor.page]) {
      expect(all).not.toContain(secret);
      expect(all).not.toContain(Buffer.from(secret).toString("hex"));
    }
  });

  test("is shown once: a repeated request gets none", async () => {
    const body = { environment: "staging", customer: "globex", connectors: ["acme-crm"] };
    const headers = { "idempotency-key": newId() };
    const first = await bench.tenant.client.send("POST", "/connect-sessions", body, headers);
    const second = await bench.tenant.client.send("POST", "/connect-sessions", body, headers);
    expect(second.body).toMatchObject({ id: first.body.id, token: null, url: null });
  });
});

describe("a session", () => {
  test("connects nothing that is not on its list", async () => {
    const visitor = await openPage(bench.api, await newSession(bench.tenant, { connectors: ["http"] }));
    expect((await visitor.authorize({ connector: "acme-crm" })).response.status).toBe(403);
    const pasted = await visitor.ask("/connections", { connector: "acme-crm", method: "oauth", fields: {} });
    expect(await codeOf(pasted)).toBe("TENON_CONNECT_NOT_ALLOWED");
    const view = await visitor.ask("/view?connector=acme-crm");
    expect(await codeOf(view)).toBe("TENON_CONNECT_NOT_ALLOWED");
  });

  test("neither shows nor renews a connection of another customer", async () => {
    const theirs = await openPage(bench.api, await newSession(bench.tenant, { customer: "initech" }));
    const connection = (await connectByOAuth(bench, theirs)).result?.connection?.id ?? "";
    expect(connection).not.toBe("");
    const visitor = await openPage(bench.api, await newSession(bench.tenant));
    expect(await (await visitor.ask("/view?view=list")).text()).not.toContain(connection);
    const begun = await visitor.authorize({ connector: "acme-crm", connection });
    expect(begun.response.status).toBe(404);
    const view = await visitor.ask(`/view?connector=acme-crm&connection=${connection}`);
    expect(view.status).toBe(404);
    const made = await bench.tenant.client.send("POST", "/connect-sessions", {
      environment: "staging",
      customer: "globex",
      connection,
    });
    expect(made.status).toBe(404);
  });

  test("of another organization is not there", async () => {
    const session = await newSession(bench.tenant);
    const { client } = await makeTenant(bench.api);
    expect((await client.get(`/connect-sessions/${session.id}`)).status).toBe(404);
    expect((await client.send("DELETE", `/connect-sessions/${session.id}`)).status).toBe(404);
  });

  test("of production is out of a test key's reach", async () => {
    await must(bench.tenant, "POST", "/environments", { slug: "live", name: "Live", production: true });
    const session = await newSession(bench.tenant, { environment: "live" });
    const key = await bench.tenant.withKey({ kind: "test" });
    const made = await key.send("POST", "/connect-sessions", {
      environment: "live",
      customer: "globex",
      connectors: ["acme-crm"],
    });
    expect(made.status).toBe(403);
    expect((await key.get(`/connect-sessions/${session.id}`)).status).toBe(403);
    expect((await key.send("DELETE", `/connect-sessions/${session.id}`)).status).toBe(403);
    const { body } = await key.get<{ data: { id: string }[] }>("/connect-sessions?limit=100");
    expect(body.data.map(({ id }) => id)).not.toContain(session.id);
  });
});

describe("places to send people or messages", () => {
  test.each([
    "javascript:alert(1)",
    "data:text/html,<script>1</script>",
    "http://app.example.com/",
    "https://user:pass@app.example.com/",
    "//evil.example.com",
    "/relative",
    "ftp://app.example.com",
    "https://",
    "",
  ])("a redirect URL like %j is refused", async (url) => {
    const session = await bench.tenant.client.send("POST", "/connect-sessions", {
      environment: "staging",
      customer: "globex",
      connectors: ["acme-crm"],
      redirectUrl: url,
    });
    expect(session.status).toBe(400);
    const authorization = await bench.tenant.client.send("POST", "/connections/authorize", {
      environment: "staging",
      customer: "globex",
      connector: "acme-crm",
      returnUrl: url,
    });
    expect(authorization.status).toBe(400);
  });

  test.each([
    "*",
    "null",
    "https://*.example.com",
    "https://a;script-src.example.com",
    "https://a,b.example.com",
    "https://a'b.example.com",
    "https://app.example.com/",
    "https://app.example.com/path",
    "https://app.example.com; script-src *",
    "https://app.example.com https://evil.example.com",
    "https://app.example.com\r\nX-Evil: 1",
    "http://app.example.com",
    "javascript:",
    "HTTPS://APP.EXAMPLE.COM",
  ])("an allowed origin like %j is refused", async (origin) => {
    const session = await bench.tenant.client.send("POST", "/connect-sessions", {
      environment: "staging",
      customer: "globex",
      connectors: ["acme-crm"],
      allowedOrigins: [origin],
    });
    expect(session.status).toBe(400);
  });
});
