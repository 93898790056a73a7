import { describe, expect, test } from "vitest";
import { newId } from "#runtime/ids.ts";
import { appOf } from "#runtime/oauth/managed-apps.ts";
import { bench, endpoint, events, refresh, start } from "./renewal.ts";
import { failing } from "./token-endpoint.ts";

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

  test("an operator's app that is missing ends no connection, and the organization's own is never asked by instead", async () => {
    await start();
    const id = await bench.connect(endpoint.grant(), -1);
    await bench.query(
      (sql) => sql`
        update credentials set oauth_app_id = null
        where organization_id = ${bench.organizationId} and connection_id = ${id}`,
    );
    expect(await refresh(id, "due")).toMatchObject({ status: "app_misconfigured" });
    expect(endpoint.calls).toEqual([]);
    const { status, dueAt } = await bench.state(id);
    expect([status, dueAt]).toEqual(["app_misconfigured", expect.any(Date)]);
    const { parts } = bench;
    const managedApp = () => appOf(null, "client", { clientSecret: "client-secret" });
    const mended = { ...parts, catalogue: { ...parts.catalogue, managedApp } };
    expect(await refresh(id, "expired", 1, mended)).toEqual({ status: "refreshed", version: 2 });
    expect(await bench.state(id)).toMatchObject({ status: "healthy" });
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
