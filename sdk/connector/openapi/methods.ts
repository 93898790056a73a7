import type { ConnectorInput } from "../schema.ts";
import type { Notes } from "./notes.ts";
import type { Flow, Scheme } from "./security.ts";
import { createNames, fieldNameOf, slugOf } from "./slugs.ts";
import { staticHost } from "./servers.ts";
import type { Base } from "./servers.ts";
import { shorten } from "./tree.ts";

type Method = ConnectorInput["auth"][number];
type Fields = NonNullable<Method["fields"]>;
type Usable = Exclude<Scheme, { kind: "unusable" }>;
type Main = Exclude<Usable, { kind: "api-key" | "word" }>;
type Carried = Extract<Usable, { kind: "api-key" | "word" }>;

/** The ways to authenticate that a document says, and the hosts that they need. */
export interface Methods {
  readonly auth: Method[];
  readonly hosts: string[];
}

const MOST = 20;

/**
 * Makes auth methods: one for each set of schemes that operations ask for together, then one for each scheme that
 * none asks for.
 */
export function methodsOf(
  schemes: ReadonlyMap<string, Scheme>,
  requirements: readonly (readonly string[])[],
  base: Base,
  notes: Notes,
): Methods {
  const maker = new MethodMaker(base, notes);
  const used = new Set(requirements.flat());
  const alone = [...schemes.keys()].filter((id) => !used.has(id)).map((id) => [id]);
  for (const ids of [...requirements.filter((names) => names.length > 0), ...alone]) {
    maker.add(
      ids.map((id) => [id, schemes.get(id) ?? { kind: "unusable", reason: "it is defined nowhere" }]),
    );
  }
  maker.finish();
  return { auth: maker.auth.slice(0, MOST), hosts: [...maker.hosts] };
}

class MethodMaker {
  readonly auth: Method[] = [];
  readonly hosts = new Set<string>();
  readonly #base: Base;
  readonly #notes: Notes;
  readonly #nameMethod = createNames("-");
  readonly #made = new Set<string>();
  readonly #pasted: (readonly [id: string, method: Method])[] = [];

  constructor(base: Base, notes: Notes) {
    this.#base = base;
    this.#notes = notes;
  }

  add(schemes: readonly (readonly [id: string, scheme: Scheme])[]): void {
    const usable: Usable[] = [];
    for (const [id, scheme] of schemes) {
      if (scheme.kind === "unusable") {
        this.#notes.warn(`The security scheme "${id.slice(0, 100)}" was left out: ${scheme.reason}`);
        return;
      }
      usable.push(scheme);
    }
    const carried = usable.filter((one): one is Carried => one.kind === "api-key" || one.kind === "word");
    const mains = usable.filter((one) => one.kind !== "api-key" && one.kind !== "word");
    const authorizing = mains.length + carried.filter(usesAuthorization).length;
    const [main] = mains;
    if (authorizing > 1) {
      // One header holds one credential: such documents mean that any of them will do.
      usable.forEach((one) =>
        this.#together(
          one.kind === "api-key" || one.kind === "word" ? undefined : one,
          carried.filter((other) => other === one),
        ),
      );
    } else {
      this.#together(main, carried);
    }
  }

  /** OAuth without endpoints that a server could use. A token can be pasted, which is worth it where nothing else is left. */
  finish(): void {
    for (const [id, method] of this.auth.some(({ type }) => type === "oauth2") ? [] : this.#pasted) {
      this.#notes.warn(
        `The OAuth scheme "${id.slice(0, 100)}" names no endpoints that a server could use: a token is pasted instead`,
      );
      this.#push([method]);
    }
  }

  #together(main: Main | undefined, carried: readonly Carried[]): void {
    if (main !== undefined) {
      this.#withMain(main, carried);
      return;
    }
    const [first, ...rest] = carried;
    this.#push(first === undefined ? [] : [carriedMethod(first, rest)]);
  }

  #withMain(main: Main, carried: readonly Carried[]): void {
    const more = carriedParts(carried);
    if (main.kind !== "oauth2") {
      this.#push([plainMethod(main.kind, main.about.description, more)]);
      return;
    }
    const methods = main.flows.flatMap((flow) => this.#oauthMethod(flow, main, more));
    this.#push(methods);
    if (methods.length === 0) {
      this.#pasted.push([main.about.id, plainMethod("bearer", main.about.description, more)]);
    }
  }

  #oauthMethod(flow: Flow, { about }: Extract<Usable, { kind: "oauth2" }>, more: Parts): Method[] {
    const tokenUrl = this.#absolute(flow.tokenUrl);
    const authorizeUrl = flow.authorizeUrl === undefined ? undefined : this.#absolute(flow.authorizeUrl);
    if (tokenUrl === null || authorizeUrl === null) {
      return [];
    }
    const refreshUrl = flow.refreshUrl === undefined ? null : this.#absolute(flow.refreshUrl);
    const isApp = flow.grant === "client_credentials";
    const differs = refreshUrl !== null && refreshUrl !== tokenUrl && refreshUrl !== authorizeUrl;
    return [
      {
        id: `oauth-${slugOf(about.id) || "2"}`.slice(0, 80),
        type: "oauth2",
        label: isApp ? "OAuth 2.0 (as the app)" : "OAuth 2.0",
        ...aboutOf(about.description),
        grant: flow.grant,
        ...(authorizeUrl === undefined ? {} : { authorizeUrl }),
        tokenUrl,
        pkce: "optional",
        scopes: { available: flow.scopes },
        ...(isApp ? { refresh: { by: "again" } } : differs ? { refresh: { url: refreshUrl } } : {}),
        ...(more === null ? {} : { fields: more.fields, carry: more.carry }),
      },
    ];
  }

  /** An endpoint as a URL that a definition can name: no places, https. */
  #absolute(given: string): string | null {
    const secure = given.replace(/^\/\/(?=[^/])/, "https://").replace(/^http:\/\//i, "https://");
    const isRelative = /^\/(?!\/)/.test(secure) && !this.#base.host.includes("{");
    const url = isRelative ? `https://${this.#base.host}${secure}` : secure;
    if (/[{}\s#]/.test(url) || !URL.canParse(url) || staticHost(url) === null) {
      return null;
    }
    return url;
  }

  #push(methods: readonly Method[]): void {
    for (const method of methods) {
      // Two names for one way are one way.
      const { id, ...rest } = method;
      const what = JSON.stringify({ ...rest, description: undefined, help: undefined });
      if (this.#made.has(what) || this.auth.length >= MOST) {
        continue;
      }
      this.#made.add(what);
      this.auth.push({ ...method, id: this.#nameMethod(id) });
      for (const url of method.type === "oauth2"
        ? [method.authorizeUrl, method.tokenUrl, method.refresh?.url]
        : []) {
        const host = url === undefined ? null : staticHost(url);
        if (host !== null) {
          this.hosts.add(host);
        }
      }
    }
  }
}

/** What a method carries besides its own credential. */
type Parts = { readonly fields: Fields; readonly carry: NonNullable<Method["carry"]> } | null;

function usesAuthorization(scheme: Carried): boolean {
  return scheme.kind === "word" || (scheme.in === "header" && scheme.name.toLowerCase() === "authorization");
}

function carriedParts(carried: readonly Carried[]): Parts {
  if (carried.length === 0) {
    return null;
  }
  const nameField = createNames("_", ["username", "password", "token", "apiKey"]);
  const fields: Record<string, Fields[string]> = {};
  const headers: Record<string, string> = {};
  const query: Record<string, string> = {};
  for (const scheme of carried) {
    const name = nameField(`key_${fieldNameOf(scheme.about.id)}`);
    fields[name] = { label: shorten(titleOf(scheme), 200), type: "password" };
    if (scheme.kind === "word") {
      headers["Authorization"] = `${scheme.word} {${name}}`;
    } else {
      (scheme.in === "header" ? headers : query)[scheme.name] = `{${name}}`;
    }
  }
  return { fields, carry: { headers, query } };
}

function titleOf(scheme: Carried): string {
  return scheme.kind === "word" ? `Credential (${scheme.word})` : scheme.name;
}

function carriedMethod(first: Carried, rest: readonly Carried[]): Method {
  const more = carriedParts(rest);
  const ids = [first, ...rest].map(({ about }) => slugOf(about.id)).filter((id) => id !== "");
  return {
    id: slugOf(ids.join("-and-")) || "api-key",
    type: "api-key",
    label: shorten(rest.length > 0 ? "API keys" : `API key (${titleOf(first)})`, 200),
    ...aboutOf(first.about.description),
    ...(first.kind === "word"
      ? { in: "header" as const, name: "Authorization", value: `${first.word} {apiKey}` }
      : { in: first.in, name: first.name }),
    ...(more === null
      ? {}
      : {
          fields: {
            apiKey: { label: shorten(titleOf(first), 200), type: "password" as const },
            ...more.fields,
          },
          carry: more.carry,
        }),
  };
}

function plainMethod(kind: "basic" | "bearer", description: string | undefined, more: Parts): Method {
  const common = {
    id: kind,
    label: kind === "basic" ? "User name and password" : "Bearer token",
    ...aboutOf(description),
  };
  const own: Fields =
    kind === "basic"
      ? { username: { label: "User name" }, password: { label: "Password", type: "password" } }
      : { token: { label: "Token", type: "password" } };
  return {
    ...common,
    type: kind,
    ...(more === null ? {} : { fields: { ...own, ...more.fields }, carry: more.carry }),
  };
}

function aboutOf(description: string | undefined): { description?: string } {
  return description === undefined ? {} : { description: shorten(description, 1_000) };
}
