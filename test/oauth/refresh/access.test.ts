import { beforeEach, expect, test } from "vitest";
import { localCourier } from "#runtime/oauth/courier.ts";
import { openAccess } from "#runtime/oauth/open-access.ts";
import type { ConnectionAccess } from "#runtime/oauth/access.ts";
import { bench, endpoint, start } from "./renewal.ts";
import { failing } from "./token-endpoint.ts";

beforeEach(async () => start());

async function open(connectionId: string): Promise<ConnectionAccess> {
  const parts = bench.otherParts();
  return openAccess({ ...parts, courier: localCourier(parts) }, { ...bench, connectionId });
}

test("an ended token is never handed out: it is renewed first, once for all who ask", async () => {
  const id = await bench.connect(endpoint.grant(), -1);
  const hands = await Promise.all(Array.from({ length: 20 }, async () => open(id)));
  const authorizations = await Promise.all(hands.map(async (hand) => hand.authorize()));
  expect(new Set(authorizations.map(({ version }) => version))).toEqual(new Set([2]));
  expect(endpoint.calls.length).toBe(1);
  const { tokens } = await bench.credential(id);
  expect(authorizations[0]?.secrets.map(({ value }) => value)).toContain(tokens["main"]?.accessToken);
});

test("a token that works is handed out also while the provider is down, and an ended one is not", async () => {
  bench.clock.freeze();
  const id = await bench.connect(endpoint.grant(), 2.5);
  endpoint.before = () => failing(503);
  const hand = await open(id);
  expect((await hand.authorize()).version).toBe(1);
  bench.clock.advance(3_000);
  await expect(hand.authorize()).rejects.toMatchObject({
    code: "TENON_CONNECTION_UNAVAILABLE",
    fault: "passing",
  });
});

test("what the provider calls ended is renewed once, however many runs hear it", async () => {
  const id = await bench.connect(endpoint.grant(), 3_600);
  const hands = await Promise.all(Array.from({ length: 10 }, async () => open(id)));
  await Promise.all(hands.map(async (hand) => hand.authorize()));
  const renewed = await Promise.all(hands.map(async (hand) => hand.renew(1)));
  expect(renewed.map(({ version }) => version)).toEqual(hands.map(() => 2));
  expect(endpoint.calls.length).toBe(1);
});

test("a connection that a person must mend says so, and whom to ask", async () => {
  const grant = endpoint.grant();
  const id = await bench.connect(grant, -1);
  endpoint.revoke(grant);
  const hand = await open(id);
  await expect(hand.authorize()).rejects.toMatchObject({
    code: "TENON_CONNECTION_REAUTHORIZE",
    fault: "caller",
  });
  await expect(hand.authorize()).rejects.toThrow(/Ask its owner to reconnect it/);
  expect(endpoint.calls.length).toBe(1);
});

test("a disconnected or deleted connection ends the access of a run that has it open", async () => {
  const id = await bench.connect(endpoint.grant(), 3_600);
  const hand = await open(id);
  await hand.authorize();
  await bench.query(
    (sql) => sql`
      update connections set status = 'disconnected'
      where organization_id = ${bench.organizationId} and id = ${id}`,
  );
  await expect(hand.authorize()).rejects.toMatchObject({ code: "TENON_CONNECTION_REAUTHORIZE" });
  await bench.query(
    (sql) => sql`delete from connections where organization_id = ${bench.organizationId} and id = ${id}`,
  );
  await expect(hand.authorize()).rejects.toMatchObject({ code: "TENON_NOT_FOUND" });
});
