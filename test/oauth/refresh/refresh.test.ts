import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { newId } from "#runtime/ids.ts";
import { createCatalogue } from "#runtime/oauth/catalogue.ts";
import { refreshConnection } from "#runtime/oauth/refresh.ts";
import type { RefreshReason, RefreshResult } from "#runtime/oauth/refresh-parts.ts";
import { prepareCredential, writeCredential } from "#runtime/oauth/store-credential.ts";
import { authMethodOf } from "#sdk/connector/parse.ts";
import { eventually } from "#test/support/product.ts";
import { definitionFor, startRefreshBench } from "./fixture.ts";
import type { RefreshBench } from "./fixture.ts";
import { failing, startTokenEndpoint } from "./token-endpoint.ts";
import type { TokenEndpoint } from "./token-endpoint.ts";

let endpoint: TokenEndpoint;
let bench: RefreshBench;

async function start(oauth: Readonly<Record<string, unknown>> = {}): Promise<void> {
  bench = await startRefreshBench(definitionFor(endpoint.port, oauth));
}

async function refresh(
  connectionId: string,
  reason: RefreshReason,
  spent?: number,
  parts = bench.parts,
): Promise<RefreshResult> {
  const { organizationId } = bench;
  return refreshConnection(parts, {
    organizationId,
    connectionId,
    reason,
    ...(spent === undefined ? {} : { spent }),
  });
}

async function events(): Promise<string[]> {
  const rows = await bench.query(
    (sql) => sql<{ type: string }[]>`
      select type from events where organization_id = ${bench.organizationId} order by id`,
  );
  return rows.map(({ type }) => type.replace("connection.", ""));
}

/** Makes a connection that of one user of a customer; resolves to the customer. */
async function giveTo(connectionId: string, user: string): Promise<string> {
  const customerId = newId();
  const { organizationId } = bench;
  await bench.query(async (sql) => {
    await sql`
      insert into customers (id, organization_id, slug, name)
      values (${customerId}, ${organizationId}, 'acme', 'Acme')`;
    await sql`
      update connections set owner = 'user', customer_id = ${customerId}, customer_user = ${user}
      where organization_id = ${organizationId} and id = ${connectionId}`;
    return [];
  });
  return customerId;
}

interface EntryRow {
  readonly state: string;
  readonly outcome: string | null;
  readonly answerSealed: Buffer | null;
}

async function journal(): Promise<EntryRow[]> {
  return bench.query(
    (sql) => sql<EntryRow[]>`
      select state, outcome, answer_sealed from refresh_journal
      where organization_id = ${bench.organizationId} order by id`,
  );
}

/** What happens to a holder that sleeps through its lease. */
async function endLease(connectionId: string): Promise<void> {
  await bench.query(
    (sql) => sql`
      update credentials set lease_expires_at = clock_timestamp() - interval '1 second'
      where organization_id = ${bench.organizationId} and connection_id = ${connectionId}`,
  );
}

/** Holds back the answer of the first call, which has rotated the refresh token by then. */
function holdFirstAnswer(): { readonly arrived: Promise<void>; release(): void } {
  const arrived = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  endpoint.after = async (call) => {
    if (call === 1) {
      arrived.resolve();
      await released.promise;
    }
    return null;
  };
  return { arrived: arrived.promise, release: released.resolve };
}

beforeEach(async () => {
  endpoint = await startTokenEndpoint();
});
afterEach(async () => {
  await bench.close();
  await endpoint.close();
});

describe("one renewal", () => {
  test("a hundred requests from five processes are one call, and all get its version", async () => {
    await start();
    const id = await bench.connect(endpoint.grant(), -1);
    const processes = Array.from({ length: 5 }, () => bench.otherParts());
    const results = await Promise.all(
      processes.flatMap((parts) => Array.from({ length: 20 }, async () => refresh(id, "expired", 1, parts))),
    );
    expect(endpoint.calls.length).toBe(1);
    expect(new Set(results.map((result) => ("version" in result ? result.version : 0)))).toEqual(
      new Set([2]),
    );
    expect(results.filter(({ status }) => status === "refreshed").length).toBe(1);
  });

  test("the next version holds the rotated tokens; everybody is told; the journal keeps no token", async () => {
    await start();
    const id = await bench.connect(endpoint.grant(), 60);
    expect(await refresh(id, "due")).toEqual({ status: "refreshed", version: 2 });
    const { tokens } = await bench.credential(id);
    expect(tokens["main"]?.accessToken).toMatch(/^at_[0-9a-f]{24}$/);
    expect(tokens["main"]?.refreshToken).not.toBe(endpoint.calls[0]?.refreshToken);
    const state = await bench.state(id);
    expect(state).toMatchObject({ status: "healthy", version: 2, leaseToken: null, failures: 0 });
    const left = ((state.expiresAt?.getTime() ?? 0) - Date.now()) / 1_000;
    expect(left).toBeGreaterThan(3_590);
    expect(left).toBeLessThanOrEqual(3_600);
    const lead = ((state.expiresAt?.getTime() ?? 0) - (state.dueAt?.getTime() ?? 0)) / 1_000;
    expect(lead).toBeGreaterThanOrEqual(240);
    expect(lead).toBeLessThanOrEqual(300);
    expect(await journal()).toEqual([{ state: "applied", outcome: "tokens", answerSealed: null }]);
    expect(await events()).toEqual(["refreshed"]);
    const audited = await bench.query(
      (sql) => sql`select action, outcome from audit_events
        where organization_id = ${bench.organizationId} and resource_id = ${id}`,
    );
    expect(audited).toEqual([{ action: "credential.token_refresh", outcome: "success" }]);
  });

  test("a request for a version that is past, or a due one that is not due, makes no call", async () => {
    await start();
    const id = await bench.connect(endpoint.grant(), 3_600);
    expect(await refresh(id, "due")).toEqual({ status: "fresh", version: 1 });
    await refresh(id, "asked");
    expect(await refresh(id, "expired", 1)).toEqual({ status: "fresh", version: 2 });
    // A run whose request was refused although the token is seconds old: another one would be refused too.
    expect(await refresh(id, "expired", 2)).toEqual({ status: "fresh", version: 2 });
    expect(endpoint.calls.length).toBe(1);
  });

  test("a slow answer is an old one: its tokens count from the beginning of the call", async () => {
    await start();
    const id = await bench.connect(endpoint.grant(), 60);
    const held = holdFirstAnswer();
    const renewal = refresh(id, "due");
    await held.arrived;
    bench.clock.advance(20_000);
    held.release();
    await renewal;
    const { expiresAt } = await bench.state(id);
    expect(((expiresAt?.getTime() ?? 0) - bench.clock.now().getTime()) / 1_000).toBeLessThan(3_581);
  });

  test("renewal is not asked for before the provider takes it", async () => {
    await start({ refresh: { rotation: "always", margin: 20, notBefore: 30 } });
    const id = await bench.connect(endpoint.grant(), 600);
    expect(await refresh(id, "asked")).toMatchObject({ status: "unavailable", usable: true });
    expect(endpoint.calls.length).toBe(0);
    bench.clock.advance(571_000);
    expect(await refresh(id, "asked")).toMatchObject({ status: "refreshed" });
    const { dueAt, expiresAt } = await bench.state(id);
    expect((expiresAt?.getTime() ?? 0) - (dueAt?.getTime() ?? 0)).toBeLessThanOrEqual(30_000);
  });

  test("a token without a refresh token is told about when it ends, and not before", async () => {
    await start();
    const id = await bench.connect(null, 30);
    expect(await refresh(id, "due")).toEqual({ status: "fresh", version: 1 });
    bench.clock.advance(31_000);
    expect(await refresh(id, "due")).toMatchObject({ status: "reauthorize", usable: false });
    expect(await bench.state(id)).toMatchObject({ status: "reauthorize", dueAt: null });
    expect(endpoint.calls.length).toBe(0);
    expect(await events()).toEqual(["reauthorize"]);
  });
});

describe("classification", () => {
  test("invalid_grant for the current version is final; the access token stays usable to its end", async () => {
    await start();
    const grant = endpoint.grant();
    const id = await bench.connect(grant, 60);
    endpoint.revoke(grant);
    expect(await refresh(id, "due")).toMatchObject({ status: "reauthorize", usable: true });
    expect(await bench.state(id)).toMatchObject({
      status: "reauthorize",
      dueAt: null,
      problem: { code: "TENON_CONNECTION_REAUTHORIZE" },
    });
    expect(await refresh(id, "expired", 1)).toMatchObject({ status: "reauthorize", usable: true });
    expect(endpoint.calls.length).toBe(1);
    expect(await events()).toEqual(["reauthorize"]);
  });

  test("answers that are none never end a connection; it is degraded after three and recovers by itself", async () => {
    await start();
    const id = await bench.connect(endpoint.grant(), 3_600);
    const bad = [
      failing(500, { error: "invalid_grant_or_so" }),
      failing(503, {}, { "retry-after": "120" }),
      (_request: unknown, response: { end(text: string): void }) => {
        response.end("<html>Sorry</html>");
      },
    ];
    endpoint.before = (call) => bad[call - 1] ?? null;
    expect(await refresh(id, "asked")).toMatchObject({ status: "unavailable", usable: true });
    expect(await bench.state(id)).toMatchObject({ status: "healthy", failures: 1 });
    expect(await refresh(id, "asked")).toMatchObject({ status: "unavailable", usable: true });
    const { dueAt } = await bench.state(id);
    expect((dueAt?.getTime() ?? 0) - Date.now()).toBeGreaterThan(115_000);
    expect(await refresh(id, "asked")).toMatchObject({ status: "unavailable", usable: true });
    expect(await bench.state(id)).toMatchObject({ status: "degraded", failures: 3 });
    bench.clock.advance(130_000);
    expect(await refresh(id, "due")).toMatchObject({ status: "refreshed" });
    expect(await bench.state(id)).toMatchObject({ status: "healthy", failures: 0, problem: null });
    expect((await events()).sort()).toEqual(["degraded", "recovered", "refreshed"]);
  });

  test("every event says whose connection it is about", async () => {
    await start();
    const grant = endpoint.grant();
    const id = await bench.connect(grant, 3_600);
    const customerId = await giveTo(id, "ada");
    endpoint.before = (call) => (call <= 3 ? failing(500, {}) : null);
    for (const reason of ["asked", "asked", "asked"] as const) {
      await refresh(id, reason);
    }
    bench.clock.advance(3_600_000);
    expect(await refresh(id, "due")).toMatchObject({ status: "refreshed" });
    bench.clock.advance(3_600_000);
    endpoint.before = () => failing(400, { error: "invalid_grant" });
    expect(await refresh(id, "due")).toMatchObject({ status: "reauthorize" });
    const told = await bench.query(
      (sql) => sql<{ type: string; data: object }[]>`
        select type, data from events where organization_id = ${bench.organizationId} order by type`,
    );
    const whose = { connectionId: id, name: "test", connector: "acme-test", owner: "user", customerId };
    const about = { ...whose, environmentId: bench.environmentId, user: "ada" };
    expect(told).toMatchObject([
      { type: "connection.degraded", data: { ...about, status: "degraded" } },
      { type: "connection.reauthorize", data: { ...about, status: "reauthorize" } },
      { type: "connection.recovered", data: { ...about, status: "healthy", problem: null } },
      { type: "connection.refreshed", data: { ...about, status: "healthy", version: 2 } },
    ]);
  });

  test("an app that the provider does not know is one incident, and its connections are not asked one by one", async () => {
    await start();
    const ids = await bench.connectMany(
      Array.from({ length: 20 }, () => endpoint.grant()),
      () => 60,
    );
    endpoint.before = () => failing(401, { error: "invalid_client" });
    const results = [];
    for (const id of ids) {
      results.push(await refresh(id, "due"));
    }
    expect(results.every(({ status }) => status === "app_misconfigured")).toBe(true);
    expect(endpoint.calls.length).toBe(1);
    const incidents = await bench.query(
      (sql) => sql`select kind, closed_at from incidents where organization_id = ${bench.organizationId}`,
    );
    expect(incidents).toEqual([{ kind: "invalid_client", closedAt: null }]);
    endpoint.before = () => null;
    bench.clock.advance(61_000);
    expect(await refresh(ids[1] ?? "", "due")).toMatchObject({ status: "refreshed" });
    const [closed] = await bench.query(
      (sql) => sql<{ closedAt: Date | null }[]>`
        select closed_at from incidents where organization_id = ${bench.organizationId}`,
    );
    expect(closed?.closedAt).not.toBeNull();
  });
});

describe("a holder that slept, died or was overtaken", () => {
  test("an intent without an answer is not repeated while the access token works", async () => {
    await start();
    const id = await bench.connect(endpoint.grant(), 200);
    const held = holdFirstAnswer();
    const sleeper = refresh(id, "due");
    await held.arrived;
    await endLease(id);
    const other = bench.otherParts();
    expect(await refresh(id, "due", undefined, other)).toMatchObject({ status: "unavailable", usable: true });
    expect(endpoint.calls.length).toBe(1);
    held.release();
    expect(await sleeper).toEqual({ status: "refreshed", version: 2 });
    expect(endpoint.revoked.size).toBe(0);
  });

  test("where a spent refresh token does no harm, it is repeated at once, and the late answer does not win", async () => {
    await start({ refresh: { rotation: "never" } });
    const grant = endpoint.grant();
    const id = await bench.connect(grant, 200);
    const asleep = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    endpoint.before = (call) => async (_request, response) => {
      if (call === 1) {
        arrived.resolve();
        await asleep.promise;
      }
      response.setHeader("content-type", "application/json");
      response.end(
        JSON.stringify({ access_token: `at_${String(call)}`, token_type: "bearer", expires_in: 600 }),
      );
    };
    const sleeper = refresh(id, "due");
    await arrived.promise;
    await endLease(id);
    expect(await refresh(id, "due", undefined, bench.otherParts())).toEqual({
      status: "refreshed",
      version: 2,
    });
    asleep.resolve();
    expect(await sleeper).toEqual({ status: "fresh", version: 2 });
    const { tokens } = await bench.credential(id);
    expect(tokens["main"]).toMatchObject({ accessToken: "at_2", refreshToken: grant });
    expect((await journal()).map(({ state, outcome }) => [state, outcome])).toEqual([
      ["abandoned", "superseded"],
      ["applied", "tokens"],
    ]);
  });

  test("the answer of a sleeper is applied when the call that repeated it was refused", async () => {
    await start();
    const id = await bench.connect(endpoint.grant(), 200);
    const held = holdFirstAnswer();
    const sleeper = refresh(id, "due");
    await held.arrived;
    await endLease(id);
    bench.clock.advance(195_000);
    // Nothing is left to lose: it is repeated, and this provider ends the grant for it.
    expect(await refresh(id, "due", undefined, bench.otherParts())).toMatchObject({ status: "reauthorize" });
    held.release();
    expect(await sleeper).toEqual({ status: "refreshed", version: 2 });
    expect(await bench.state(id)).toMatchObject({ status: "healthy", version: 2 });
  });

  test("an answer that its finder did not apply is applied by the next holder, without a call", async () => {
    await start();
    const id = await bench.connect(endpoint.grant(), 200);
    const held = holdFirstAnswer();
    const sleeper = refresh(id, "due");
    await held.arrived;
    // It wakes up without its lease: another holder is at work, and dies.
    await bench.query(
      (sql) => sql`
        update credentials set lease_token = gen_random_uuid(), lease_expires_at = clock_timestamp() + interval '2 seconds'
        where organization_id = ${bench.organizationId} and connection_id = ${id}`,
    );
    held.release();
    await eventually("the answer is in the journal", async () =>
      (await journal()).some(({ state }) => state === "answered"),
    );
    expect(await bench.state(id)).toMatchObject({ version: 1 });
    await endLease(id);
    const next = await refresh(id, "expired", 1, bench.otherParts());
    expect(next).toMatchObject({ version: 2 });
    await sleeper;
    expect(await bench.state(id)).toMatchObject({ version: 2, leaseToken: null });
    expect(endpoint.calls.length).toBe(1);
  });

  test("a reconnect in the middle of a renewal wins", async () => {
    await start();
    const id = await bench.connect(endpoint.grant(), 200);
    const held = holdFirstAnswer();
    const renewal = refresh(id, "due");
    await held.arrived;
    const { connector } = await createCatalogue(bench.db.database).load(bench.organizationId, "acme-test");
    const method = authMethodOf(connector);
    if (method === undefined) {
      throw new Error("the connector has no auth method");
    }
    const credential = await bench.credential(id);
    const prepared = await prepareCredential(bench.parts.keyring, {
      organizationId: bench.organizationId,
      connectionId: id,
      connector: connector.slug,
      method,
      oauthAppId: bench.appId,
      from: 1,
      credential: { ...credential, token: { chosen: "by a person" } },
    });
    await bench.query(async (sql) => {
      expect(await writeCredential(sql, prepared)).toBe(true);
      return [];
    });
    held.release();
    expect(await renewal).toEqual({ status: "fresh", version: 2 });
    expect((await bench.credential(id)).token).toEqual({ chosen: "by a person" });
    await bench.query(async (sql) => {
      expect(await writeCredential(sql, prepared)).toBe(false);
      return [];
    });
  });

  test("a connection deleted in the middle of its renewal: the new tokens are ended at the provider", async () => {
    await start();
    const id = await bench.connect(endpoint.grant(), 200);
    const held = holdFirstAnswer();
    const renewal = refresh(id, "due");
    await held.arrived;
    await bench.query(
      (sql) => sql`delete from connections where organization_id = ${bench.organizationId} and id = ${id}`,
    );
    held.release();
    expect(await renewal).toMatchObject({ status: "reauthorize", usable: false });
    expect(endpoint.revocations.length).toBe(1);
    await expect(refresh(id, "due")).rejects.toThrow(/There is no connection/);
  });

  test("a database that drops every connection in the middle of a renewal loses nothing", async () => {
    await start();
    const id = await bench.connect(endpoint.grant(), 200);
    const held = holdFirstAnswer();
    const renewal = refresh(id, "due");
    await held.arrived;
    const cut = bench.db.database.system.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where usename = current_user and pid <> pg_backend_pid()",
    );
    const app = await bench.db.database.app.connect();
    await app.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where usename = current_user and pid <> pg_backend_pid()",
    );
    app.release(true);
    await cut;
    held.release();
    expect(await renewal).toEqual({ status: "refreshed", version: 2 });
    expect(endpoint.calls.length).toBe(1);
  });
});
