import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { asOrganization } from "#runtime/db/tenant.ts";
import { startFakeProvider } from "#sdk/connector-testing.ts";
import type { FakeProvider } from "#sdk/connector-testing.ts";
import { forgetConnections } from "#test/api/server.ts";
import {
  addConnector,
  CONNECTOR,
  connectByOAuth,
  must,
  newSession,
  openPage,
  outcomeOf,
  startBench,
  visit,
} from "#test/connect/kit.ts";
import type { ConnectBench, Visitor } from "#test/connect/kit.ts";

let bench: ConnectBench;
let other: FakeProvider;
beforeAll(async () => {
  bench = await startBench();
  other = await startFakeProvider({ ...CONNECTOR, slug: "other-crm", name: "Other CRM" });
  await addConnector(bench.tenant, other);
});
afterAll(async () => {
  await bench.close();
  await other.close();
});
beforeEach(async () => forgetConnections(bench.api, bench.tenant));

/** Everything that stands between a person's consent and a connection is tried on what these begin. */
const begin = async (more: object = {}): Promise<{ visitor: Visitor; url: string }> => {
  const connectors = ["acme-crm", "other-crm"];
  const visitor = await openPage(bench.api, await newSession(bench.tenant, { connectors, ...more }));
  const { url } = await visitor.authorize({ connector: "acme-crm" });
  expect(url).not.toBeNull();
  return { visitor, url: url ?? "" };
};
const connections = async (): Promise<number> =>
  (await must<{ data: unknown[] }>(bench.tenant, "GET", "/connections?limit=100")).data.length;
/** Nothing may be stored by `work`; gives back what it gave. */
const storingNothing = async <T>(work: () => Promise<T>): Promise<T> => {
  const before = await connections();
  const result = await work();
  expect(await connections()).toBe(before);
  return result;
};

describe("the state of an authorization", () => {
  test("works once: a callback that is replayed finds it used", async () => {
    const { visitor, url } = await begin();
    const callback = await bench.provider.consent(url);
    const cookies = new Map(visitor.cookies);
    expect((await visitor.follow(callback)).status).toBe(303);
    for (const [name, value] of cookies) {
      visitor.cookies.set(name, value);
    }
    const again = await storingNothing(async () => visitor.follow(callback));
    expect(again.status).toBe(400);
    expect(await again.text()).toContain("TENON_STATE_USED");
  });

  test("works once also when two callbacks come at the same moment", async () => {
    const before = await connections();
    const { visitor, url } = await begin();
    const callback = await bench.provider.consent(url);
    const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answers = await Promise.all(
      Array.from({ length: 5 }, async () => fetch(callback, { redirect: "manual", headers: { cookie } })),
    );
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([303, 400, 400, 400, 400]);
    expect(await connections()).toBe(before + 1);
  });

  test("ends after ten minutes", async () => {
    const { visitor, url } = await begin();
    const callback = await bench.provider.consent(url);
    await asOrganization(bench.api.db.database, bench.tenant.organizationId, async (sql) => {
      await sql`
        update oauth_states set expires_at = now() where organization_id = ${bench.tenant.organizationId}
          and connect_session_id = ${visitor.session.id}`;
    });
    const answer = await storingNothing(async () => visitor.follow(callback));
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain("TENON_STATE_EXPIRED");
  });

  test.each(["", "x", "a".repeat(43), "a".repeat(5_000), "%00", "' or 1=1 --"])(
    "that nobody made is refused: %j",
    async (state) => {
      const url = `${bench.api.url}/oauth/callback/acme-crm?code=abc&state=${encodeURIComponent(state)}`;
      const answer = await fetch(url, { redirect: "manual" });
      expect(answer.status).toBe(400);
      expect(await answer.text()).toContain("TENON_STATE_UNKNOWN");
    },
  );

  test("is bound to the browser that began: a victim who follows an attacker's URL connects nothing", async () => {
    const { visitor: attacker, url } = await begin();
    const victim = visit(bench.api, attacker.session);
    const callback = await bench.provider.consent(url);
    const answer = await storingNothing(async () => victim.follow(callback));
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain("TENON_STATE_BROWSER");
    // Nor does the attacker get to finish it with the victim's code.
    const stolen = await storingNothing(async () => attacker.follow(callback));
    expect(stolen.status).toBe(400);
  });

  test("cannot be swapped for that of another session", async () => {
    const one = await begin();
    const two = await begin();
    const callback = await bench.provider.consent(one.url);
    callback.searchParams.set("state", new URL(two.url).searchParams.get("state") ?? "");
    // In the first one's browser the cookie of the second is missing; in the second one's, the PKCE verifier is another.
    const first = await storingNothing(async () => one.visitor.follow(callback));
    expect(await first.text()).toContain("TENON_STATE_BROWSER");
    const three = await begin();
    const mixed = await bench.provider.consent(three.url);
    const four = await begin();
    mixed.searchParams.set("state", new URL(four.url).searchParams.get("state") ?? "");
    await storingNothing(async () => four.visitor.follow(mixed));
    expect((await outcomeOf(four.visitor)).result).toMatchObject({
      ok: false,
      code: "TENON_AUTHORIZATION_REFUSED",
    });
  });

  test("said twice is refused", async () => {
    const { visitor, url } = await begin();
    const callback = await bench.provider.consent(url);
    callback.searchParams.append("state", "another");
    const answer = await storingNothing(async () => visitor.follow(callback));
    expect(await answer.text()).toContain("TENON_STATE_UNKNOWN");
  });

  test("of a session that was revoked in the meantime connects nothing", async () => {
    const { visitor, url } = await begin();
    const callback = await bench.provider.consent(url);
    await bench.tenant.client.send("DELETE", `/connect-sessions/${visitor.session.id}`);
    await storingNothing(async () => visitor.follow(callback));
  });
});

describe("a code", () => {
  test("of another connector does not reach this one: each has an address of its own", async () => {
    const { visitor, url } = await begin();
    const asOther = await visitor.authorize({ connector: "other-crm" });
    const foreign = await other.consent(asOther.url ?? "");
    expect(foreign.pathname).toBe("/oauth/callback/other-crm");
    const calls = other.counts().tokenCalls + bench.provider.counts().tokenCalls;
    // A malicious provider sends the honest one's answer to its own state, and the other way round.
    foreign.searchParams.set("state", new URL(url).searchParams.get("state") ?? "");
    const answer = await storingNothing(async () => visitor.follow(foreign));
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain("TENON_STATE_CONNECTOR");
    expect(other.counts().tokenCalls + bench.provider.counts().tokenCalls).toBe(calls);
  });

  test("that somebody made up, or none, is the provider's to refuse, and stores nothing", async () => {
    for (const code of ["made-up", ""]) {
      const { visitor, url } = await begin();
      const callback = await bench.provider.consent(url);
      callback.searchParams.set("code", code);
      await storingNothing(async () => visitor.follow(callback));
      expect((await outcomeOf(visitor)).result?.ok).toBe(false);
    }
  });

  test("said twice is refused before anybody is asked", async () => {
    const { visitor, url } = await begin();
    const callback = await bench.provider.consent(url);
    callback.searchParams.append("code", "another");
    const calls = bench.provider.counts().tokenCalls;
    await storingNothing(async () => visitor.follow(callback));
    expect((await outcomeOf(visitor)).result).toMatchObject({
      ok: false,
      code: "TENON_AUTHORIZATION_FAILED",
    });
    expect(bench.provider.counts().tokenCalls).toBe(calls);
  });
});

describe("the callback's errors", () => {
  test("are cut, on one line and escaped, and no secret of ours is in them", async () => {
    const { tenant, provider } = bench;
    const { authorizeUrl } = await must<{ authorizeUrl: string }>(tenant, "POST", "/connections/authorize", {
      connector: "acme-crm",
      environment: "staging",
      customer: "globex",
    });
    const callback = await provider.consent(authorizeUrl);
    callback.searchParams.delete("code");
    callback.searchParams.set("error", "server_error");
    const words = `<script>alert(1)</script>\u202e\n${provider.clientSecret}${"x".repeat(2_000)}`;
    callback.searchParams.set("error_description", words);
    const answer = await fetch(callback, { redirect: "manual" });
    const html = await answer.text();
    expect(answer.status).toBe(400);
    expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(html).not.toContain("<script>alert");
    expect(html).not.toContain("\u202e");
    expect(html).not.toContain(provider.clientSecret);
    expect(html).not.toContain("x".repeat(301));
  });

  test("without a state are refused like anything without one", async () => {
    const answer = await fetch(`${bench.api.url}/oauth/callback/acme-crm?error=access_denied`);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain("TENON_STATE_UNKNOWN");
  });

  test("say what to register where the address names no connector", async () => {
    const answer = await fetch(`${bench.api.url}/oauth/callback?code=a&state=b`);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain("TENON_REDIRECT_URI");
  });
});

describe("a reconnect", () => {
  test("with another upstream account is refused, and the old credential stays", async () => {
    const { api, tenant } = bench;
    const made = await connectByOAuth(bench, await openPage(api, await newSession(tenant)));
    const connection = made.result?.connection?.id ?? "";
    await asOrganization(api.db.database, tenant.organizationId, async (sql) => {
      await sql`
        update connections set account_id = 'somebody-else'
        where organization_id = ${tenant.organizationId} and id = ${connection}`;
    });
    const visitor = await openPage(api, await newSession(tenant, { connection }));
    const { result } = await connectByOAuth(bench, visitor, { connection });
    expect(result).toMatchObject({ ok: false, code: "TENON_ACCOUNT_MISMATCH" });
  });

  test("twice at once leaves one whole credential: both say how they ended, and it works", async () => {
    const { api, tenant, provider } = bench;
    const made = await connectByOAuth(bench, await openPage(api, await newSession(tenant)));
    const connection = made.result?.connection?.id ?? "";
    const visitors = await Promise.all(
      [1, 2].map(async () => openPage(api, await newSession(tenant, { connection }))),
    );
    const outcomes = await Promise.all(
      visitors.map(async (visitor) => connectByOAuth(bench, visitor, { connection })),
    );
    expect(outcomes.some(({ result }) => result?.ok === true)).toBe(true);
    for (const { result } of outcomes) {
      expect(result?.ok === true || result?.code === "TENON_CONNECTION_BUSY").toBe(true);
    }
    const tested = await must<{ ok: boolean }>(tenant, "POST", `/connections/${connection}/test`);
    expect(JSON.stringify(tested)).toContain('"ok":true');
    expect(provider.counts().reuses).toBe(0);
  });
});
