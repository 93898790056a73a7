import { generateKeyPairSync, randomBytes } from "node:crypto";
import type { KeyObject } from "node:crypto";
import type { AuthMethod, AuthMethodOf } from "../connector/auth.ts";
import { authMethodOf, fieldsOf } from "../connector/parse.ts";
import type { Connector } from "../connector/schema.ts";
import type { FakeBehavior } from "./behavior.ts";
import { sampleFields } from "./fields.ts";
import { Ledger } from "./ledger.ts";
import type { KnownPlaces } from "./places.ts";
import { rewriteConnector } from "./rewrite.ts";
import { addressesOf } from "./route.ts";

/** The app that is registered with the provider. */
export interface FakeClient {
  readonly clientId: string;
  readonly clientSecret: string;
  /** PKCS #8 PEM; only where the definition's client authentication is `private_key_jwt`. */
  readonly privateKey: string | null;
  readonly keyId: string | null;
}

/** Everything that the endpoints of one provider share. */
export interface Desk {
  readonly origin: string;
  /** Rewritten to this provider's origin. */
  readonly connector: Connector;
  readonly method: AuthMethod;
  readonly behavior: FakeBehavior;
  readonly client: FakeClient;
  readonly publicKey: KeyObject | null;
  readonly account: { readonly id: string; readonly name: string };
  /** Fields of the connection that are accepted. */
  readonly fields: Readonly<Record<string, string>>;
  /** What the callback and the token response give besides, by name. */
  readonly kept: { readonly callback: KnownPlaces; readonly token: KnownPlaces };
  /** All that templates may hold and that the provider knows. */
  readonly known: KnownPlaces;
  readonly ledger: Ledger;
  readonly now: () => number;
  /** Lifetime of access tokens in milliseconds; null: for ever. */
  readonly accessLifetime: number | null;
  readonly tellsExpiry: boolean;
  /** Ids of assertions that were used (RFC 7523 §3: `jti`). */
  readonly assertions: Set<string>;
  /** When the token endpoint was asked, by grant (0: as the app), for quotas. */
  readonly calls: { readonly grant: number; readonly at: number }[];
}

/** @throws Error when the definition has no such method, or a field that nobody can make up */
export function openDesk(
  definition: Connector,
  origin: string,
  behavior: FakeBehavior,
  now: () => number,
): Desk {
  const connector = rewriteConnector(definition, origin);
  const method = authMethodOf(connector, behavior.method);
  if (method === undefined) {
    throw new Error(`${connector.slug} has no auth method "${behavior.method ?? ""}".`);
  }
  const fields = { ...sampleFields(fieldsOf(connector, method), behavior.fields), ...behavior.fields };
  const kept = keptOf(connector, method, origin, behavior);
  const { client, publicKey } = registerClient(method);
  return {
    origin,
    connector,
    method,
    behavior,
    client,
    publicKey,
    account: { name: "Fake account", ...(behavior.account ?? { id: "account-1" }) },
    fields,
    kept,
    known: knownPlaces({ fields, kept, client }),
    ledger: openLedger(method, behavior, now),
    now,
    ...lifetimeOf(method, behavior),
    assertions: new Set(),
    calls: [],
  };
}

/** @throws Error when the method served is another type's */
export function oauthOf(desk: Desk): AuthMethodOf<"oauth2"> {
  if (desk.method.type !== "oauth2") {
    throw new Error(`The method ${desk.method.id} of ${desk.connector.slug} is not OAuth 2.0.`);
  }
  return desk.method;
}

function openLedger(method: AuthMethod, behavior: FakeBehavior, now: () => number): Ledger {
  const rules = method.type === "oauth2" ? method.refresh : undefined;
  const ms = (seconds: number | undefined): number => (seconds === undefined ? Infinity : seconds * 1_000);
  return new Ledger({
    grace: ms(rules?.grace ?? 0),
    refreshLifetime: ms(behavior.refreshLifetime),
    idleLifetime: ms(rules?.idleLifetime),
    absoluteLifetime: ms(rules?.absoluteLifetime),
    reuseDetection: behavior.reuseDetection ?? true,
    endsOldAccess: behavior.endsOldAccess ?? true,
    now,
  });
}

/** Without a word in the definition a token lives for an hour, and for ever where nothing can renew it. */
function lifetimeOf(
  method: AuthMethod,
  behavior: FakeBehavior,
): Pick<Desk, "accessLifetime" | "tellsExpiry"> {
  if (method.type !== "oauth2") {
    return { accessLifetime: null, tellsExpiry: false };
  }
  const { missing } = method.response.expiry;
  const isEndless = method.refresh.by === "none" && missing === "never";
  const assumed = typeof missing === "number" ? missing : isEndless ? null : 3_600;
  const lifetime = behavior.accessLifetime === undefined ? assumed : behavior.accessLifetime;
  return {
    accessLifetime: lifetime === null ? null : lifetime * 1_000,
    tellsExpiry: behavior.tellsExpiry ?? missing === "never",
  };
}

function keptOf(
  connector: Connector,
  method: AuthMethod,
  origin: string,
  behavior: FakeBehavior,
): Desk["kept"] {
  const oauth = method.type === "oauth2" ? method : null;
  const addresses = addressesOf(connector, method);
  const value = (kind: string, name: string): [string, string] => [
    name,
    behavior.kept?.[name] ??
      (addresses.some((url) => url.startsWith(`{${kind}.${name}}`))
        ? `${origin}/kept-${name}`
        : `kept-${name}`),
  ];
  const tokenNames = [...Object.keys(oauth?.response.keep ?? {}), ...Object.keys(oauth?.lookup?.keep ?? {})];
  return {
    callback: Object.fromEntries((oauth?.callback.keep ?? []).map((name) => value("callback", name))),
    token: Object.fromEntries(tokenNames.map((name) => value("token", name))),
  };
}

function knownPlaces({ fields, kept, client }: Pick<Desk, "fields" | "kept" | "client">): KnownPlaces {
  const prefixed = (prefix: string, values: KnownPlaces): KnownPlaces =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value]));
  return {
    ...fields,
    ...prefixed("callback", kept.callback),
    ...prefixed("token", kept.token),
    "app.clientId": client.clientId,
  };
}

function registerClient(method: AuthMethod): { client: FakeClient; publicKey: KeyObject | null } {
  const isRaw = method.type === "oauth2" && method.basicEncoding === "raw";
  // The characters that one client authentication library or the other writes with a percent sign.
  const clientId = `fake-client_${randomBytes(4).toString("hex")}.apps`;
  const clientSecret = `fake-secret_~${randomBytes(12).toString("hex")}${isRaw ? "+/=" : ""}`;
  if (method.type !== "oauth2" || method.clientAuth !== "private_key_jwt") {
    return { client: { clientId, clientSecret, privateKey: null, keyId: null }, publicKey: null };
  }
  const pair = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const privateKey = pair.privateKey.export({ type: "pkcs8", format: "pem" });
  return { client: { clientId, clientSecret, privateKey, keyId: "fake-key-1" }, publicKey: pair.publicKey };
}
