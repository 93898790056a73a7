import { beforeEach, describe, expect, test } from "vitest";
import { disconnectConnection } from "#runtime/connections/disconnect.ts";
import { withoutTokens } from "#runtime/connections/paste.ts";
import { removeConnection } from "#runtime/connections/remove.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { newId } from "#runtime/ids.ts";
import { localCourier } from "#runtime/oauth/courier.ts";
import type { Credential } from "#runtime/oauth/credential.ts";
import { writeIntent } from "#runtime/oauth/journal.ts";
import { recordAnswer } from "#runtime/oauth/refresh-apply.ts";
import { loadSubject } from "#runtime/oauth/refresh-subject.ts";
import { refreshConnection } from "#runtime/oauth/refresh.ts";
import { prepareCredential, writeCredential } from "#runtime/oauth/store-credential.ts";
import { startRevocations } from "#runtime/worker/revoke.ts";
import { eventually } from "#test/support/product.ts";
import { bench, endpoint, start } from "./renewal.ts";

beforeEach(async () => start());

const ACTOR = { type: "system" } as const;

/** What a disconnect leaves, in a transaction that holds the connection since before `meanwhile`. */
async function disconnectAround(connectionId: string, meanwhile: () => Promise<void>): Promise<void> {
  const { organizationId, parts, db } = bench;
  const { connector, method, version } = await loadSubject(parts, { organizationId, connectionId });
  const prepared = await prepareCredential(parts.keyring, {
    organizationId,
    connectionId,
    connector: connector.slug,
    method,
    oauthAppId: null,
    from: version,
    credential: withoutTokens(),
  });
  await asOrganization(db.database, organizationId, async (sql) => {
    await sql`select 1 from connections where organization_id = ${organizationId} and id = ${connectionId} for update`;
    await meanwhile();
    expect(await writeCredential(sql, prepared)).toBe(true);
    await sql`update connections set status = 'disconnected' where organization_id = ${organizationId} and id = ${connectionId}`;
  });
}

async function journaled(): Promise<readonly string[]> {
  const rows = await bench.query(
    (sql) => sql<{ state: string }[]>`
      select state from refresh_journal where organization_id = ${bench.organizationId} order by id`,
  );
  return rows.map(({ state }) => state);
}

test("tokens whose answer was journaled before a disconnect, and came to be applied after it, are revoked", async () => {
  const { organizationId, parts } = bench;
  const connectionId = await bench.connect(endpoint.grant(), 60);
  const [arrived, released] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
  endpoint.after = async () => {
    arrived.resolve(undefined);
    await released.promise;
    return null;
  };
  const refreshing = refreshConnection(parts, { organizationId, connectionId, reason: "asked" });
  await arrived.promise;
  await disconnectAround(connectionId, async () => {
    released.resolve(undefined);
    await eventually("the answer is journaled", async () => (await journaled())[0] === "answered");
  });
  expect(await refreshing).toMatchObject({ status: "reauthorize", usable: false });
  expect(endpoint.revocations).toHaveLength(1);
  expect(endpoint.revocations[0]).not.toBe(endpoint.calls[0]?.refreshToken);
  expect((await bench.credential(connectionId)).tokens).toEqual({});
});

/** The answer of a call whose process died before it applied it. */
async function leaveAnswer(connectionId: string, refreshToken: string): Promise<void> {
  const { organizationId, parts } = bench;
  const subject = await loadSubject(parts, { organizationId, connectionId });
  const { version, credential: before } = subject;
  const { main } = before.tokens;
  expect(main).toBeDefined();
  const credential = {
    ...before,
    tokens: { main: { ...main, accessToken: "at_left", refreshToken } },
  } as Credential;
  const id = newId();
  await bench.query(async (sql) => {
    await writeIntent(sql, { organizationId, connectionId, id, version, reason: "due", at: new Date() });
    return [];
  });
  expect(await recordAnswer(parts, subject, { entryId: id, credential })).toBe(true);
}

describe("an answer that a killed process left in the journal", () => {
  test.each([
    ["disconnected", disconnectConnection],
    ["deleted", removeConnection],
  ])("is revoked in the background when its connection is %s", async (_how, giveUp) => {
    const { organizationId, parts } = bench;
    const first = endpoint.grant();
    const connectionId = await bench.connect(first, 60);
    await leaveAnswer(connectionId, "rt_left");
    const courier = localCourier(parts);
    await giveUp({ ...parts, courier }, { organizationId, connectionId, actor: ACTOR, force: false });
    expect(endpoint.revocations).toEqual([first]);
    const revoking = startRevocations(parts, 20);
    const left = async () =>
      bench.query((sql) => sql`select 1 from revocations where organization_id = ${organizationId}`);
    // Until it is written down: who stops before repeats it later.
    await eventually("the left tokens are revoked", async () => (await left()).length === 0);
    await revoking.stop();
    expect(endpoint.revocations).toEqual([first, "rt_left"]);
  });
});
