import { describe, expect, it } from "vitest";
import { builtInConnector, builtInSlugs } from "#connectors/index.ts";
import { matchesHost } from "#runtime/egress/policy.ts";
import { buildRequest } from "#runtime/host/action/build-request.ts";
import { checkActionInput } from "#runtime/host/action/check-input.ts";
import { authorizationOf } from "#runtime/oauth/authorization.ts";
import type { Credential } from "#runtime/oauth/credential.ts";
import { resolveUrl } from "#runtime/oauth/resolve.ts";
import type { AuthMethod } from "#sdk/connector/auth.ts";
import { fieldsOf } from "#sdk/connector/parse.ts";
import type { Connector } from "#sdk/connector/schema.ts";

/** What these platforms tell in callbacks and token responses, where a part of it makes an address. */
const TOLD: Readonly<Record<string, string>> = {
  "accounts-server": "https://accounts.zoho.eu",
  dc: "us21",
  realmId: "123",
};
const API_DOMAINS: Readonly<Record<string, string>> = {
  pipedrive: "https://acme.pipedrive.com",
  "zoho-crm": "https://www.zohoapis.eu",
};
/** Fields that take only what looks like a real value. */
const FIELDS: Readonly<Record<string, string>> = {
  accountSid: `AC${"0".repeat(32)}`,
  host: "api.example.com",
  tenantHost: "acme.eu.auth0.com",
};
const TOKENS = {
  main: {
    accessToken: "access",
    refreshToken: "refresh",
    expiresAt: null,
    refreshExpiresAt: null,
    scopes: [],
    issuedAt: 0,
  },
};

/** A connection of a method, as it would be once somebody has connected. */
function connectionOf(connector: Connector, method: AuthMethod) {
  const all = Object.entries(fieldsOf(connector, method)).map(
    ([name, field]) => [name, field.default ?? FIELDS[name] ?? "acme", field.secret] as const,
  );
  const part = (secret: boolean): Record<string, string> =>
    Object.fromEntries(all.filter((entry) => entry[2] === secret).map(([name, value]) => [name, value]));
  const told = (names: readonly string[]): Record<string, string> =>
    Object.fromEntries(names.map((name) => [name, TOLD[name] ?? originFor(connector, name) ?? "told"]));
  const oauth = method.type === "oauth2" ? method : null;
  const credential: Credential = {
    fields: part(true),
    tokens: oauth === null ? {} : TOKENS,
    callback: told(oauth?.callback.keep ?? []),
    token: told(Object.keys({ ...oauth?.response.keep, ...oauth?.lookup?.keep })),
    authorizedAt: 0,
  };
  return { connector, method, fields: part(false), credential, version: 1, app: { clientId: "client" } };
}

function originFor(connector: Connector, name: string): string | undefined {
  return name === "instance_url" ? "https://acme.my.salesforce.com" : API_DOMAINS[connector.slug];
}

/** Some value that a JSON Schema takes. */
function sampleOf(schema: Readonly<Record<string, unknown>>): unknown {
  const { enum: choices, items, maxLength, minimum, minItems, properties, type } = schema;
  if (Array.isArray(choices)) {
    return choices[0];
  }
  switch (Array.isArray(type) ? type[0] : type) {
    case "integer":
    case "number":
      return typeof minimum === "number" ? minimum : 1;
    case "boolean":
      return true;
    case "array":
      return isSchema(items) && minItems !== 0 ? [sampleOf(items)] : [];
    case "object":
      return samplesOf(properties);
    default:
      return "a value".slice(0, typeof maxLength === "number" ? maxLength : undefined);
  }
}

function samplesOf(properties: unknown): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(isSchema(properties) ? properties : {}).flatMap(([name, schema]) =>
      isSchema(schema) ? [[name, sampleOf(schema)]] : [],
    ),
  );
}

function isSchema(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const CONNECTIONS = builtInSlugs().flatMap((slug) => {
  const connector = builtInConnector(slug);
  return (connector?.auth ?? []).map((method) => ({ slug, id: method.id, connector, method }));
});

describe.each(CONNECTIONS)("$slug by $id", ({ connector, method }) => {
  if (connector === undefined) {
    throw new Error("The catalogue lists a connector that it does not have.");
  }
  const connection = connectionOf(connector, method);

  it("makes authorized requests, to its own hosts only", () => {
    const { baseUrl, hosts } = authorizationOf(connection);
    expect(
      hosts.some((host) => matchesHost(host, new URL(baseUrl))),
      baseUrl,
    ).toBe(true);
    expect(baseUrl).not.toMatch(/[{}]|undefined/);
  });

  it("carries every secret that it asks for, and no other way than as a placeholder", () => {
    const { headers, query, secrets } = authorizationOf(connection);
    const carried = [...headers, ...query].map(([, value]) => `${value} ${decoded(value)}`).join("\n");
    const needed = secrets.filter(({ hosts }) => hosts.length > 0);
    expect(needed.length > 0).toBe(method.type !== "none");
    for (const { name, placeholder } of needed) {
      expect(carried, name).toContain(placeholder);
    }
  });

  it("finds every endpoint on its own hosts", () => {
    const urls =
      method.type === "oauth2"
        ? [method.authorizeUrl, method.tokenUrl, method.revokeUrl, method.introspectUrl, method.lookup?.url]
        : [];
    for (const url of urls.filter((given) => given !== undefined)) {
      expect(resolveUrl(connector, url, connection).protocol, url).toBe("https:");
    }
  });
});

function decoded(header: string): string {
  return Buffer.from(header.replace(/^Basic /, ""), "base64").toString();
}

const ACTIONS = builtInSlugs().flatMap((slug) =>
  (builtInConnector(slug)?.actions ?? []).flatMap((action) =>
    action.http === undefined ? [] : [{ slug, name: action.slug, action, http: action.http }],
  ),
);

describe.each(ACTIONS)("$slug $name", ({ action, http }) => {
  const input = samplesOf(isSchema(action.input) ? action.input["properties"] : {});

  it("takes an input of its schema and makes a request of it", () => {
    checkActionInput(action, "alias", input);
    const { path, body } = buildRequest(action, http, { input, fields: {} });
    expect(path).toMatch(/^\/[^{}\s]*$/);
    expect(body?.length ?? 0).toBeLessThan(5_000);
  });

  it("refuses an input with something that it does not know", () => {
    expect(() => {
      checkActionInput(action, "alias", { ...input, unknown: 1 });
    }).toThrow(/unknown/);
  });
});
