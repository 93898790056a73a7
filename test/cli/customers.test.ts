import { afterAll, beforeAll, expect, test } from "vitest";
import type { Customer, NewConnectSession, OAuthApp } from "#sdk/client.ts";
import { startFakeProvider } from "#sdk/connector-testing.ts";
import type { FakeProvider } from "#sdk/connector-testing.ts";
import { CONNECTOR } from "#test/connect/kit.ts";
import { CLIENT_CERTIFICATE, CLIENT_KEY } from "#test/oauth/protocol/client-certificate.ts";
import { createProject } from "#test/sdk/project.ts";
import type { TestProject } from "#test/sdk/project.ts";
import { startProduct } from "#test/support/product.ts";
import type { Product } from "#test/support/product.ts";
import { tenon } from "./tenon.ts";
import type { Ended } from "./tenon.ts";

let product: Product;
let provider: FakeProvider;
let project: TestProject;
const cli = (args: readonly string[], stdin?: string): Promise<Ended> =>
  tenon(args, {
    cwd: project.folder,
    env: { TENON_URL: product.url, TENON_API_KEY: product.apiKey },
    ...(stdin === undefined ? {} : { stdin }),
  });
/** What a command says to programs. */
async function json<Result>(args: readonly string[], stdin?: string): Promise<Result> {
  const ended = await cli([...args, "--json"], stdin);
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  return JSON.parse(ended.stdout) as Result;
}

beforeAll(async () => {
  project = createProject();
  [product, provider] = await Promise.all([startProduct({ workers: 0 }), startFakeProvider(CONNECTOR)]);
  await product.call("POST", "/connectors", { definition: provider.connector });
  await product.call("POST", "/customers", { slug: "globex", name: "Globex" });
  await product.call("POST", "/environments", { slug: "qa", name: "QA" });
});
afterAll(async () => {
  await Promise.all([product.close(), provider.close()]);
  project.remove();
});

test("customers are made, shown, listed and deleted", { timeout: 60_000 }, async () => {
  const made = await json<Customer>([
    "customers",
    "create",
    "acme",
    "--name",
    "Acme Inc.",
    "--external-id",
    "42",
  ]);
  expect(made).toMatchObject({ slug: "acme", name: "Acme Inc.", externalId: "42" });
  expect((await json<Customer>(["customers", "create", "plain"])).name).toBe("plain");
  const again = await cli(["customers", "create", "acme"]);
  expect(again).toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringContaining('The slug "acme" is taken by another') as string,
  });
  expect((await cli(["customers", "get", "acme"])).stdout).toMatch(/Name +Acme Inc\.\nExternal id +42\n/);
  expect((await cli(["customers", "list"])).stdout).toMatch(/^CUSTOMER [^]*acme +Acme Inc\. +42 +active/);
  expect(await json(["customers", "delete", "acme"])).toEqual({ id: made.id, deleted: true });
  const { data } = await json<{ data: Customer[] }>(["customers", "list"]);
  expect(data.map(({ slug }) => slug).toSorted()).toEqual(["globex", "plain"]);
  expect(await cli(["customers", "get", "acme"])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('"acme"') as string,
  });
});

test("the organization is shown and renamed", { timeout: 60_000 }, async () => {
  expect(await json(["organization", "rename", "Umbrella Ltd."])).toMatchObject({ name: "Umbrella Ltd." });
  expect((await cli(["organization", "get"])).stdout).toMatch(
    /^Organization +Umbrella Ltd\.\nId +[0-9a-f-]{36}\n/,
  );
  expect(await json(["whoami"])).toMatchObject({ organization: { name: "Umbrella Ltd." } });
  expect(await cli(["organization", "rename", " "])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("name") as string,
  });
});

test("an OAuth app is stored with keys from files and scopes", { timeout: 100_000 }, async () => {
  const origin = "https://bank.example.com";
  const oauth = (id: string, clientAuth: string) => ({
    id,
    type: "oauth2",
    label: id,
    authorizeUrl: `${origin}/authorize`,
    tokenUrl: `${origin}/token`,
    clientAuth,
  });
  const definition = {
    slug: "acme-bank",
    name: "Acme Bank",
    hosts: ["bank.example.com"],
    baseUrl: origin,
    auth: [oauth("jwt", "private_key_jwt"), oauth("tls", "tls")],
    actions: [],
  };
  expect((await product.call("POST", "/connectors", { definition })).status).toBe(201);
  project.write("key.pem", CLIENT_KEY);
  project.write("cert.pem", CLIENT_CERTIFICATE);
  const none = project.write("none.pem", "no key");
  const set = ["oauth-apps", "set", "acme-bank", "--client-id", "tenon"];

  const keys = ["--private-key", "key.pem", "--key-id", "2026-11", "--name", "Bank"];
  const scopes = ["--scope", "accounts", "--scope", "payments"];
  const made = await json<OAuthApp>([...set, ...keys, ...scopes]);
  expect(made).toMatchObject({
    name: "Bank",
    secrets: ["privateKey", "keyId"],
    scopes: ["accounts", "payments"],
    environment: null,
  });
  const kept = await json<OAuthApp>([...set, "--no-client-secret", "--default-scopes"]);
  expect(kept).toMatchObject({ id: made.id, secrets: ["privateKey", "keyId"], scopes: null });
  const more = await json<OAuthApp>([...set, "--certificate", "cert.pem", "--certificate-key", "key.pem"]);
  expect(more.secrets.toSorted()).toEqual(["certificate", "certificateKey", "keyId", "privateKey"]);

  for (const [args, said] of [
    [["--private-key", "nothing.pem"], "Cannot read the file nothing.pem"],
    [["--key-id", "x"], "--key-id names a private key"],
    [["--no-client-secret", "--scope", "a", "--default-scopes"], "not both"],
  ] as const) {
    const refused = await cli([...set, ...args]);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(said) as string });
  }
  const wrong = await cli([...set, "--private-key", none]);
  expect(wrong).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("must be a private key") as string,
  });
});

test("an OAuth app is stored, used by a session, and its tokens renewed", { timeout: 150_000 }, async () => {
  const create = ["connect-sessions", "create", "--customer", "globex", "--connector", "acme-crm"];
  const early = await cli(create);
  expect(early.code).toBe(0);
  expect(early.stderr).toContain('! "acme-crm" cannot be connected in "development" yet');

  const { clientId, clientSecret } = provider;
  const argument = await cli(["oauth-apps", "set", "acme-crm", "s3cret-typed", "--client-id", clientId]);
  expect(argument).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("must not be an argument") as string,
  });
  expect(argument.stderr).not.toContain("s3cret-typed");
  const nameless = await cli(["oauth-apps", "set", "acme-crm"], clientSecret);
  expect(nameless).toMatchObject({ code: 2, stderr: expect.stringContaining("--client-id") as string });
  const unknown = await cli(["oauth-apps", "set", "no-such-crm", "--client-id", "x"], "y");
  expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining("no-such-crm") as string });

  const set = ["oauth-apps", "set", "acme-crm", "--client-id"];
  const wrong = await json<OAuthApp>([...set, "wrong"], "wrong-secret");
  const right = await cli([...set, clientId], `${clientSecret}\n`);
  expect(right.stdout).toContain(`provider: ${product.url}/oauth/callback/acme-crm\n`);
  expect(right.stdout + right.stderr).not.toContain(clientSecret);
  const other = await json<OAuthApp>([...set, "dev-only", "--env", "qa"], "s");
  expect(other.environment?.slug).toBe("qa");
  const { data } = await json<{ data: OAuthApp[] }>(["oauth-apps", "list", "--connector", "acme-crm"]);
  expect(data.map((app) => [app.id, app.clientId])).toEqual([
    [other.id, "dev-only"],
    [wrong.id, clientId],
  ]);
  expect(await json(["oauth-apps", "delete", other.id])).toEqual({ id: other.id, deleted: true });
  expect((await cli(["oauth-apps", "list"])).stdout).toMatch(/^OAUTH APP [^]* acme-crm +every +/);

  const session = await cli([...create, "--link"]);
  expect(session.stdout).toMatch(new RegExp(`^${product.url}/connect/[0-9a-f-]{36}#tncs_\\S+\n$`));
  expect(session.stderr).not.toContain("!");
  expect(await json<NewConnectSession>(create)).toMatchObject({ kind: "session", warnings: [] });
  expect((await cli(["connect-sessions", "create", "--customer", "globex"])).code).toBe(2);
  expect((await cli([...create.slice(0, 3), "nobody", ...create.slice(4)])).stderr).toContain('"nobody"');

  const { body } = await product.call<{ authorizeUrl: string }>("POST", "/connections/authorize", {
    connector: "acme-crm",
    environment: "development",
    customer: "globex",
  });
  await fetch(await provider.consent(body.authorizeUrl));
  const { data: connections } = await json<{ data: { id: string }[] }>(["connections", "list"]);
  const id = connections[0]?.id ?? "";
  const renewed = await cli(["connections", "refresh", id]);
  expect(renewed).toMatchObject({ code: 0, stdout: "✔ Renewed Acme CRM (healthy).\n", stderr: "" });
  provider.control.revokeGrants();
  const refused = await cli(["connections", "refresh", id]);
  expect(refused).toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringContaining(`tenon connections reconnect ${id}`) as string,
  });
});
