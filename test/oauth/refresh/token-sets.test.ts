import { expect, test } from "vitest";
import { createCatalogue } from "#runtime/oauth/catalogue.ts";
import { prepareCredential, writeCredential } from "#runtime/oauth/store-credential.ts";
import { authMethodOf } from "#sdk/connector/parse.ts";
import { bench, endpoint, journal, refresh, start } from "./renewal.ts";

const TWO_SETS = { response: { sets: { user: { accessToken: "user.access_token" } } } };

/** A connection with two token sets, both due; resolves to its id. */
async function connectTwo(): Promise<string> {
  await start(TWO_SETS);
  const id = await bench.connect(endpoint.grant(), 60);
  const { connector } = await createCatalogue(bench.db.database).load(bench.organizationId, "acme-test");
  const method = authMethodOf(connector);
  const credential = await bench.credential(id);
  const { main } = credential.tokens;
  if (method === undefined || main === undefined) {
    throw new Error("the connection has no token");
  }
  const prepared = await prepareCredential(bench.parts.keyring, {
    organizationId: bench.organizationId,
    connectionId: id,
    connector: connector.slug,
    method,
    oauthAppId: bench.appId,
    from: 1,
    credential: { ...credential, tokens: { main, user: { ...main, refreshToken: endpoint.grant() } } },
  });
  await bench.query(async (sql) => {
    await writeCredential(sql, prepared);
    return [];
  });
  return id;
}

test("the first set's refresh token is journaled before the second one is asked for", async () => {
  const id = await connectTwo();
  const arrived = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  endpoint.before = (call) => {
    if (call !== 2) {
      return null;
    }
    return async (request) => {
      arrived.resolve();
      await released.promise;
      request.socket.destroy();
    };
  };
  const renewal = refresh(id, "asked");
  await arrived.promise;
  const [entry] = await journal();
  expect(entry?.state).toBe("answered");
  expect(entry?.answerSealed).not.toBeNull();

  // The second call fails: what the first one brought is kept all the same.
  released.resolve();
  expect(await renewal).toMatchObject({ status: "refreshed" });
  const { tokens } = await bench.credential(id);
  expect(tokens["main"]?.refreshToken).not.toBe(endpoint.calls[0]?.refreshToken);
  expect(tokens["user"]?.refreshToken).toBe(endpoint.calls[1]?.refreshToken);
  expect((await journal())[0]).toMatchObject({ state: "applied", answerSealed: null });
});
