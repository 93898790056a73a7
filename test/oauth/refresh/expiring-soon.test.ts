import { expect, test } from "vitest";
import { readConnection } from "#runtime/connections/read.ts";
import { bench, endpoint, refresh, start } from "./renewal.ts";

const DAY = 86_400;

test.each([
  ["not of what dies of idleness only", { idleLifetime: 14 * DAY }, false],
  ["of a grant that ends in any case", { idleLifetime: 14 * DAY, absoluteLifetime: 20 * DAY }, true],
])("expiring soon is said %s", async (_what, lifetimes, soon) => {
  await start({ refresh: { rotation: "always", ...lifetimes } });
  const connectionId = await bench.connect(endpoint.grant(), 60);
  expect(await refresh(connectionId, "asked")).toMatchObject({ status: "refreshed" });
  const { organizationId } = bench;
  const read = async () => {
    const [row] = await bench.query(async (sql) => [
      await readConnection(sql, { organizationId, connectionId }),
    ]);
    return row;
  };
  const row = await read();
  expect(row?.expiringSoon).toBe(soon);
  expect((row?.reconnectBy?.getTime() ?? 0) - Date.now()).toBeLessThan(15 * DAY * 1_000);
  // Nothing renews it any more: then idleness counts too.
  await bench.query(
    (sql) => sql`
      update credentials set due_at = null
      where organization_id = ${organizationId} and connection_id = ${connectionId}`,
  );
  expect((await read())?.expiringSoon).toBe(true);
});
