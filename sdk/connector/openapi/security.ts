import type { Resolve } from "./reference.ts";
import { entriesOf, isTree, listOf, textOf, treeOf, wordOf } from "./tree.ts";
import type { Tree } from "./tree.ts";

/** One flow of an OAuth scheme that a definition can say. */
export interface Flow {
  readonly grant: "authorization_code" | "client_credentials";
  readonly authorizeUrl: string | undefined;
  readonly tokenUrl: string;
  readonly refreshUrl: string | undefined;
  readonly scopes: Readonly<Record<string, string>>;
}

/** A security scheme, the same for Swagger 2 and OpenAPI 3. */
export type Scheme =
  | {
      readonly kind: "api-key";
      readonly in: "header" | "query";
      readonly name: string;
      readonly about: About;
    }
  | { readonly kind: "basic" | "bearer"; readonly about: About }
  /** `Authorization: <word> <value>`. */
  | { readonly kind: "word"; readonly word: string; readonly about: About }
  | { readonly kind: "oauth2"; readonly flows: readonly Flow[]; readonly about: About }
  | { readonly kind: "unusable"; readonly reason: string };

/** What a scheme says for people. */
export interface About {
  readonly id: string;
  readonly description: string | undefined;
}

/** Ways of HTTP authentication that need more than a header made of what was typed in. */
const COMPUTED = new Set([
  "digest",
  "hoba",
  "mutual",
  "negotiate",
  "ntlm",
  "scram-sha-1",
  "scram-sha-256",
  "vapid",
]);
const HEADER = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}$/;

/** Reads the security schemes of a document, by their names in it. */
export function readSchemes(resolve: Resolve, root: Tree): ReadonlyMap<string, Scheme> {
  const given = root["securityDefinitions"] ?? treeOf(root["components"])["securitySchemes"];
  return new Map(
    entriesOf(given)
      .slice(0, 100)
      .map(([id, one]) => {
        const found = resolve(one);
        return [
          id,
          found.kind === "found"
            ? readScheme(id, treeOf(found.value))
            : { kind: "unusable", reason: "it is defined in another document, or nowhere" },
        ];
      }),
  );
}

function readScheme(id: string, given: Tree): Scheme {
  const about: About = { id, description: textOf(given["description"]) };
  switch (wordOf(given["type"]).toLowerCase()) {
    case "apikey":
      return apiKey(given, about);
    case "basic":
      return { kind: "basic", about };
    case "http":
      return httpScheme(wordOf(given["scheme"]), about);
    case "oauth2":
      return { kind: "oauth2", flows: readFlows(given), about };
    case "openidconnect":
      // Its endpoints are in a document elsewhere, which is not read; a token can be given all the same.
      return { kind: "oauth2", flows: [], about };
    case "mutualtls":
      return { kind: "unusable", reason: "client certificates are not supported" };
    default:
      return { kind: "unusable", reason: "its type is unknown" };
  }
}

function apiKey(given: Tree, about: About): Scheme {
  const name = textOf(given["name"])?.replace(/:$/, "") ?? "";
  const place = wordOf(given["in"]).toLowerCase();
  if (place === "cookie") {
    return { kind: "unusable", reason: "keys in cookies are not supported" };
  }
  if (place === "query" && name !== "" && name.length <= 200) {
    return { kind: "api-key", in: "query", name, about };
  }
  return place === "header" && HEADER.test(name)
    ? { kind: "api-key", in: "header", name, about }
    : { kind: "unusable", reason: "its header or parameter has no proper name" };
}

function httpScheme(scheme: string, about: About): Scheme {
  const word = scheme.trim();
  if (/^basic$/i.test(word) || /^bearer$/i.test(word)) {
    return { kind: /^basic$/i.test(word) ? "basic" : "bearer", about };
  }
  if (COMPUTED.has(word.toLowerCase())) {
    return { kind: "unusable", reason: `HTTP authentication by ${word} is not supported` };
  }
  return /^[A-Za-z][A-Za-z0-9_-]{0,50}$/.test(word)
    ? { kind: "word", word, about }
    : { kind: "bearer", about };
}

/** Flows by a redirect with the token in it, or by the user's password, are not for third parties (RFC 9700 §2.1.2, §2.4). */
function readFlows(given: Tree): Flow[] {
  const { authorizationCode, accessCode, clientCredentials, application } = treeOf(given["flows"]);
  const single = typeof given["flow"] === "string" ? { [given["flow"]]: given } : {};
  return [
    flowOf(
      "authorization_code",
      authorizationCode ?? accessCode ?? single["authorizationCode"] ?? single["accessCode"],
    ),
    flowOf(
      "client_credentials",
      clientCredentials ?? application ?? single["clientCredentials"] ?? single["application"],
    ),
  ].flatMap((flow) => (flow === null ? [] : [flow]));
}

function flowOf(grant: Flow["grant"], given: unknown): Flow | null {
  if (!isTree(given)) {
    return null;
  }
  const tokenUrl = textOf(given["tokenUrl"]);
  const authorizeUrl = textOf(given["authorizationUrl"]);
  if (tokenUrl === undefined || (grant === "authorization_code" && authorizeUrl === undefined)) {
    return null;
  }
  const scopes = entriesOf(given["scopes"])
    .filter(([name]) => name.length > 0 && name.length <= 500)
    .map(([name, about]) => [name, textOf(about)?.slice(0, 500) ?? ""] as const);
  return {
    grant,
    authorizeUrl: grant === "authorization_code" ? authorizeUrl : undefined,
    tokenUrl,
    refreshUrl: textOf(given["refreshUrl"]),
    scopes: Object.fromEntries(scopes),
  };
}

/** The names that each requirement asks for together, the document's own first, then those of most operations. */
export function requirementsOf(root: Tree, operations: readonly Tree[]): string[][] {
  const counts = new Map<string, { names: string[]; times: number }>();
  const add = (security: unknown, times: number): void => {
    for (const requirement of listOf(security).slice(0, 20).filter(isTree)) {
      const names = entriesOf(requirement)
        .slice(0, 5)
        .map(([name]) => name);
      const key = JSON.stringify(names.toSorted());
      const known = counts.get(key);
      counts.set(key, { names, times: (known?.times ?? 0) + times });
    }
  };
  add(root["security"], operations.length + 1);
  for (const operation of operations) {
    add(operation["security"], 1);
  }
  return [...counts.values()].toSorted((one, other) => other.times - one.times).map(({ names }) => names);
}
