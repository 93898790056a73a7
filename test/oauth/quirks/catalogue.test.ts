import { expect, test } from "vitest";
import { builtInConnector, builtInSlugs } from "#connectors/index.ts";
import { scheduleOf } from "#runtime/oauth/due.ts";
import type { Credential } from "#runtime/oauth/credential.ts";
import { authorizationOf } from "#runtime/oauth/authorization.ts";
import { verifyConnection } from "#runtime/oauth/verify.ts";
import type { AuthMethod, AuthMethodOf } from "#sdk/connector/auth.ts";
import { authMethodOf, fieldsOf } from "#sdk/connector/methods.ts";
import type { Connector } from "#sdk/connector/schema.ts";
import { open, openPasted, setOf, tokensOf } from "./account.ts";
import type { Account } from "./account.ts";

const METHODS = builtInSlugs().flatMap((slug) => {
  const connector = builtInConnector(slug);
  const methods = connector?.auth.filter((method) => method.type === "oauth2") ?? [];
  return connector === undefined
    ? []
    : methods.map((method): readonly [string, Connector, AuthMethodOf<"oauth2">] => [
        `${slug}/${method.id}`,
        connector,
        method,
      ]);
});

test("the catalogue has connectors with OAuth", () => {
  expect(METHODS.length).toBeGreaterThan(5);
});

test.each(METHODS)("%s: connect, use, expire, refresh, rotate, revoke", async (_name, connector, method) => {
  const account = await open(connector, { method: method.id });
  const first = await connect(account);
  expect(await account.use(first)).toMatchObject({ ok: true });
  const last = canRenew(method, first) ? await outlive(account, first) : first;
  await disconnect(account, last);
  expect(account.provider.complaints).toEqual([]);
  expect(account.provider.counts().reuses).toBe(0);
});

async function connect(account: Account): Promise<Credential> {
  const isApp = account.method.grant === "client_credentials";
  const credential = isApp ? tokensOf(await account.askAsApp()) : await account.connect();
  const { keep } = account.method.response;
  expect(Object.keys(credential.token).sort()).toEqual(
    [...Object.keys(keep), ...Object.keys(account.method.lookup?.keep ?? {})].sort(),
  );
  expect(Object.keys(credential.callback).sort()).toEqual([...account.method.callback.keep].sort());
  return credential;
}

function canRenew({ refresh, grant }: AuthMethodOf<"oauth2">, credential: Credential): boolean {
  const needsToken = refresh.by === "refresh_token" && grant === "authorization_code";
  return refresh.by !== "none" && (!needsToken || setOf(credential).refreshToken !== null);
}

/** Three lifetimes of the access token: each time it is renewed when it is due, and works; the one before ends. */
async function outlive(account: Account, first: Credential): Promise<Credential> {
  let credential = first;
  for (let round = 0; round < 3; round += 1) {
    const { dueAt, expiresAt } = scheduleOf(account.method, credential, account.now());
    account.advance(((dueAt ?? expiresAt)?.getTime() ?? account.now()) / 1_000 - account.now() / 1_000);
    expect(await account.use(credential)).toMatchObject({ ok: true });
    const next = await account.renew(credential);
    for (const name of Object.keys(credential.tokens)) {
      expect(setOf(next, name).accessToken).not.toBe(setOf(credential, name).accessToken);
    }
    expect(await account.use(next)).toMatchObject({ ok: true });
    credential = next;
  }
  account.provider.control.expireAccessTokens();
  expect(await account.use(credential)).toMatchObject({ ok: false });
  if (account.method.refresh.by === "exchange") {
    return credential;
  }
  const last = await account.renew(credential);
  expect(await account.use(last)).toMatchObject({ ok: true });
  return last;
}

const PASTED = builtInSlugs().flatMap((slug) => {
  const connector = builtInConnector(slug);
  const methods = connector?.auth.filter(({ type }) => type !== "oauth2" && type !== "custom") ?? [];
  return connector === undefined
    ? []
    : methods.map((method): readonly [string, Connector, AuthMethod] => [
        `${slug}/${method.id}`,
        connector,
        method,
      ]);
});

test.each(PASTED)(
  "%s: a pasted credential works, and a wrong one does not",
  async (_name, connector, method) => {
    const { provider, egress } = await openPasted(connector, { method: method.id });
    const served = authMethodOf(provider.connector, method.id) ?? method;
    const secretNames = Object.entries(fieldsOf(connector, method)).flatMap(([name, { secret }]) =>
      secret ? [name] : [],
    );
    const verify = async (secretOf: (name: string) => string): Promise<boolean> => {
      const given = Object.entries(provider.fields);
      const plain = given.filter(([name]) => !secretNames.includes(name));
      const fields = Object.fromEntries(plain);
      const secrets = given.filter(([name]) => secretNames.includes(name));
      const credential: Credential = {
        fields: Object.fromEntries(secrets.map(([name]) => [name, secretOf(name)])),
        tokens: {},
        callback: {},
        token: {},
        authorizedAt: Date.now(),
      };
      const input = { connector: provider.connector, method: served, fields, credential, version: 1 };
      const authorization = authorizationOf(input);
      const { ok } = await verifyConnection({
        ...input,
        authorization,
        egress,
        signal: AbortSignal.timeout(20_000),
      });
      return ok;
    };
    expect(await verify((name) => provider.fields[name] ?? "")).toBe(true);
    const tells = connector.verification !== undefined && secretNames.length > 0;
    expect(tells && (await verify(() => "wrong"))).toBe(false);
  },
);

/** Revoked by us where the connector can, by the provider otherwise: in both cases the credential is dead. */
async function disconnect(account: Account, credential: Credential): Promise<void> {
  const { revoked, reason } = await account.revoke(credential);
  expect(revoked, reason ?? "").toBe(account.method.revokeUrl !== undefined);
  if (!revoked) {
    account.provider.control.revokeGrants();
  }
  expect(await account.use(credential)).toMatchObject({ ok: false });
  const isAsked = account.method.refresh.by !== "again" && account.method.grant === "authorization_code";
  const answer = isAsked ? await account.tryRenew(credential) : null;
  expect(answer === null || (answer.kind === "refused" && answer.code === "invalid_grant")).toBe(true);
}
