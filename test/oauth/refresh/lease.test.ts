import { describe, expect, test } from "vitest";
import { createCatalogue } from "#runtime/oauth/catalogue.ts";
import { prepareCredential, writeCredential } from "#runtime/oauth/store-credential.ts";
import { authMethodOf } from "#sdk/connector/parse.ts";
import { eventually } from "#test/support/product.ts";
import { bench, endLease, endpoint, journal, refresh, start, startRenewal } from "./renewal.ts";

describe("a holder that slept, died or was overtaken", () => {
  test("an intent without an answer is not repeated while the access token works", async () => {
    const { id, renewal, release } = await startRenewal(200);
    await endLease(id);
    const other = bench.otherParts();
    expect(await refresh(id, "due", undefined, other)).toMatchObject({ status: "unavailable", usable: true });
    expect(endpoint.calls.length).toBe(1);
    release();
    expect(await renewal).toEqual({ status: "refreshed", version: 2 });
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
      ["abandoned", "lost"],
      ["applied", "tokens"],
    ]);
  });

  test("the answer of a sleeper is applied when the call that repeated it was refused", async () => {
    const { id, renewal, release } = await startRenewal(200);
    await endLease(id);
    bench.clock.advance(195_000);
    // Nothing is left to lose: it is repeated, and this provider ends the grant for it.
    expect(await refresh(id, "due", undefined, bench.otherParts())).toMatchObject({ status: "reauthorize" });
    release();
    expect(await renewal).toEqual({ status: "refreshed", version: 2 });
    expect(await bench.state(id)).toMatchObject({ status: "healthy", version: 2 });
  });

  test("an answer that its finder did not apply is applied by the next holder, without a call", async () => {
    const { id, renewal, release } = await startRenewal(200);
    // It wakes up without its lease: another holder is at work, and dies.
    await bench.query(
      (sql) => sql`
        update credentials set lease_token = gen_random_uuid(), lease_expires_at = clock_timestamp() + interval '2 seconds'
        where organization_id = ${bench.organizationId} and connection_id = ${id}`,
    );
    release();
    await eventually("the answer is in the journal", async () =>
      (await journal()).some(({ state }) => state === "answered"),
    );
    expect(await bench.state(id)).toMatchObject({ version: 1 });
    await endLease(id);
    const next = await refresh(id, "expired", 1, bench.otherParts());
    expect(next).toMatchObject({ version: 2 });
    await renewal;
    expect(await bench.state(id)).toMatchObject({ version: 2, leaseToken: null });
    expect(endpoint.calls.length).toBe(1);
  });

  test("tokens of a process that died are not kept once another one has renewed the connection", async () => {
    const { id, renewal, release } = await startRenewal(200);
    const { organizationId } = bench;
    // It was thought lost, journaled its answer after this call had begun, and died before it applied it.
    await bench.query(
      (sql) => sql`
        insert into refresh_journal (id, organization_id, connection_id, credential_version, reason, state, answer_sealed)
        values (${crypto.randomUUID()}, ${organizationId}, ${id}, 1, 'due', 'answered', ${Buffer.from("sealed tokens")})`,
    );
    release();
    expect(await renewal).toEqual({ status: "refreshed", version: 2 });
    const entries = await journal();
    expect(entries.map(({ state }) => state).sort()).toEqual(["abandoned", "applied"]);
    expect(entries.map(({ answerSealed }) => answerSealed)).toEqual([null, null]);
  });

  test("a reconnect in the middle of a renewal wins", async () => {
    const { id, renewal, release } = await startRenewal(200);
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
    release();
    expect(await renewal).toEqual({ status: "fresh", version: 2 });
    expect((await bench.credential(id)).token).toEqual({ chosen: "by a person" });
    await bench.query(async (sql) => {
      expect(await writeCredential(sql, prepared)).toBe(false);
      return [];
    });
  });

  test("a connection deleted in the middle of its renewal: the new tokens are ended at the provider", async () => {
    const { id, renewal, release } = await startRenewal(200);
    await bench.query(
      (sql) => sql`delete from connections where organization_id = ${bench.organizationId} and id = ${id}`,
    );
    release();
    expect(await renewal).toMatchObject({ status: "reauthorize", usable: false });
    expect(endpoint.revocations.length).toBe(1);
    await expect(refresh(id, "due")).rejects.toThrow(/There is no connection/);
  });

  test("a database that drops every connection in the middle of a renewal loses nothing", async () => {
    const { renewal, release } = await startRenewal(200);
    const cut = bench.db.database.system.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where usename = current_user and pid <> pg_backend_pid()",
    );
    const app = await bench.db.database.app.connect();
    await app.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where usename = current_user and pid <> pg_backend_pid()",
    );
    app.release(true);
    await cut;
    release();
    expect(await renewal).toEqual({ status: "refreshed", version: 2 });
    expect(endpoint.calls.length).toBe(1);
  });
});

test("a renewal that meets a deletion waits for it without holding what the deletion takes next", async () => {
  await start();
  const id = await bench.connect(endpoint.grant(), 60);
  const { organizationId } = bench;
  let renewal: Promise<unknown> = Promise.resolve();
  await bench.query(async (sql) => {
    await sql`select 1 from connections where organization_id = ${organizationId} and id = ${id} for update`;
    renewal = refresh(id, "due", undefined, bench.otherParts());
    await eventually("the renewal waits for the connection", async () => {
      const waiting = await bench.query(
        (other) => other`select 1 from pg_locks where not granted and pid <> pg_backend_pid()`,
      );
      return waiting.length > 0;
    });
    return sql`
      select 1 from credentials where organization_id = ${organizationId} and connection_id = ${id} for update nowait`;
  });
  expect(await renewal).toEqual({ status: "refreshed", version: 2 });
});
