import { randomBytes } from "node:crypto";
import type { EgressSecret } from "#runtime/egress/fetch.ts";
import { InvalidError } from "#runtime/errors.ts";
import type { AuthMethod } from "#sdk/connector/auth.ts";
import type { Connector } from "#sdk/connector/schema.ts";
import type { Authorization } from "./access.ts";
import type { Credential } from "./credential.ts";
import { fill, placesOf, resolveHosts, resolveUrl } from "./resolve.ts";
import type { Places } from "./resolve.ts";

type Pair = readonly [string, string];

/** What a connection's requests are made from. */
export interface AuthorizationInput {
  readonly connector: Connector;
  readonly method: AuthMethod;
  /** Plain fields; the secret ones are in the credential. */
  readonly fields: Readonly<Record<string, string>>;
  readonly credential: Credential;
  readonly version: number;
  readonly app?: { readonly clientId: string };
}

/**
 * How requests are made with a credential: every secret of it is a placeholder, new with each call, that egress
 * fills in towards the connector's hosts only.
 *
 * @throws InvalidError `TENON_CONNECTION_CREDENTIAL` (a line break in it), `TENON_CONNECTION_FIELD`,
 * `TENON_CONNECTION_TARGET`
 */
export function authorizationOf(input: AuthorizationInput): Authorization {
  const { connector, method, credential } = input;
  const real: Places = placesFrom(input, credential);
  const hosts = resolveHosts(connector, real);
  const { masked, secrets } = mask(input, hosts);
  const places = placesFrom(input, masked);
  const carried = carriedBy(method);
  const filled = (template: string): string => fill(template, places, onOneLine(secrets));
  const headers = merged([
    ...Object.entries(connector.headers).map(([name, value]): Pair => [name, filled(value)]),
    ...carried.headers.map(([name, value]): Pair => [
      name,
      typeof value === "string" ? filled(value) : basic(value, filled),
    ]),
  ]);
  const query = carried.query.map(([name, value]): Pair => [name, filled(value)]);
  return {
    version: input.version,
    baseUrl: resolveUrl(connector, method.baseUrl ?? connector.baseUrl, places).href.replace(/\/+$/, ""),
    hosts,
    headers,
    query,
    secrets,
  };
}

function placesFrom({ fields, app }: AuthorizationInput, credential: Credential): Places {
  return { fields, credential, ...(app === undefined ? {} : { app }) };
}

/** The credential with placeholders for its secrets, and what they stand for. */
function mask(
  { connector, method, credential }: AuthorizationInput,
  hosts: readonly string[],
): { masked: Credential; secrets: readonly EgressSecret[] } {
  const secrets: EgressSecret[] = [];
  const hide = (name: string, value: string, where: readonly string[]): string => {
    const placeholder = `tncred_${randomBytes(16).toString("hex")}`;
    secrets.push({
      name: `${connector.slug} ${name}`,
      // A key is often pasted with the end of its line.
      value: value.replace(/^([^\r\n]*)[\r\n]+$/, "$1"),
      placeholder,
      hosts: where,
      reveal: false,
    });
    return placeholder;
  };
  const hideAll = (values: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, hide(name, value, hosts)]));
  const tokens = Object.fromEntries(
    Object.entries(credential.tokens).map(([name, set]) => [
      name,
      {
        ...set,
        accessToken: hide(`access token (${name})`, set.accessToken, hosts),
        // It never travels with a request; it is here so that whoever redacts knows it.
        refreshToken:
          set.refreshToken === null ? null : hide(`refresh token (${name})`, set.refreshToken, []),
      },
    ]),
  );
  const token = method.type === "custom" ? hideAll(credential.token) : credential.token;
  return { masked: { ...credential, fields: hideAll(credential.fields), tokens, token }, secrets };
}

interface BasicPair {
  readonly username: string;
  readonly password: string;
}

interface Carried {
  readonly headers: readonly (readonly [string, string | BasicPair])[];
  readonly query: readonly Pair[];
}

/** Where the credential stands in a request: what the type says, unless `carry` puts the same values elsewhere. */
function carriedBy(method: AuthMethod): Carried {
  const own = carriedByType(method);
  const extra = method.carry ?? { headers: {}, query: {} };
  const headers = Object.entries(extra.headers);
  const query = Object.entries(extra.query);
  const elsewhere = new Set([...headers, ...query].flatMap(([, template]) => placesOf(template)));
  const replaced = placesIn(own).some((place) => elsewhere.has(place));
  return replaced
    ? { headers, query }
    : { headers: [...own.headers, ...headers], query: [...own.query, ...query] };
}

function carriedByType(method: AuthMethod): Carried {
  switch (method.type) {
    case "basic":
      return {
        headers: [["authorization", { username: method.username, password: method.password }]],
        query: [],
      };
    case "bearer":
      return { headers: [["authorization", `Bearer ${method.token}`]], query: [] };
    case "oauth2":
      return { headers: [["authorization", "Bearer {accessToken}"]], query: [] };
    case "api-key":
      return method.in === "header"
        ? { headers: [[method.name, method.value]], query: [] }
        : { headers: [], query: [[method.name, method.value]] };
    case "none":
    case "custom":
    default:
      return { headers: [], query: [] };
  }
}

function placesIn({ headers, query }: Carried): readonly string[] {
  return [...headers, ...query].flatMap(([, template]) =>
    typeof template === "string"
      ? placesOf(template)
      : [...placesOf(template.username), ...placesOf(template.password)],
  );
}

/** RFC 7617 §2: the user's name ends at the first colon. */
function basic({ username, password }: BasicPair, filled: (template: string) => string): string {
  return `Basic ${Buffer.from(`${filled(username)}:${filled(password)}`).toString("base64")}`;
}

/** One header of each name, whatever its case; the later one stays. */
function merged(headers: readonly Pair[]): readonly Pair[] {
  return [...new Map(headers.map((header) => [header[0].toLowerCase(), header])).values()];
}

/** Lets a value into a header only when it cannot end it: a line break would begin a header of its own. */
function onOneLine(secrets: readonly EgressSecret[]): (value: string) => string {
  const behind = new Map(secrets.map((secret) => [secret.placeholder, secret]));
  return (value) => {
    const secret = behind.get(value);
    // oxlint-disable-next-line no-control-regex -- RFC 9110 §5.5
    if (/[\0-\x08\x0a-\x1f\x7f]/.test(secret?.value ?? value)) {
      const what = secret === undefined ? "A field of the connection" : `The secret "${secret.name}"`;
      throw new InvalidError(
        `${what} holds a line break or another control character, so it is not sent. Paste it again, on one line.`,
        { code: "TENON_CONNECTION_CREDENTIAL" },
      );
    }
    return value;
  };
}
