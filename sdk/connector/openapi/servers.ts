import type { ConnectorInput } from "../schema.ts";
import { fieldValueProblem } from "../field-value.ts";
import { field } from "../fields.ts";
import { hostPatternProblem, originOf, urlProblem } from "../host-problem.ts";
import type { Notes } from "./notes.ts";
import { refuse } from "./refuse.ts";
import { fieldNameOf } from "./slugs.ts";
import { listOf, shorten, textOf, treeOf, wordOf } from "./tree.ts";
import type { Tree } from "./tree.ts";

type Fields = NonNullable<ConnectorInput["fields"]>;
type FieldInput = Fields[string];

/** Where an API is: a URL template, the host that it goes to, and what a connection is asked for. */
export interface Base {
  readonly url: string;
  readonly host: string;
  readonly fields: Fields;
}

/** What the document does not say itself. */
export interface Whereabouts {
  /** Where the document came from: relative servers are relative to it (OpenAPI 3.1 §4.8.5). */
  readonly documentUrl?: string | undefined;
  /** Replaces what the document says. */
  readonly baseUrl?: string | undefined;
}

const LABEL = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;
const VARIABLE = /\{([^{}]*)\}/g;
const MOST_SERVERS = 50;

/**
 * Where a document's requests go. The first server that a definition can name is taken; without one, every
 * connection is asked for its host.
 *
 * @throws DefinitionError for a base URL that is none
 */
export function baseOf(root: Tree, isSwagger: boolean, where: Whereabouts, notes: Notes): Base {
  if (where.baseUrl !== undefined) {
    const [url] = readServer({ url: where.baseUrl }, {});
    const problem = urlProblem(where.baseUrl);
    return url === undefined || problem !== null
      ? refuse(`cannot be imported with this base URL: it ${problem ?? "is no https URL with a host"}`)
      : url;
  }
  const servers = isSwagger ? swaggerServers(root) : listOf(root["servers"]).slice(0, MOST_SERVERS);
  const bases = servers.flatMap((server) => readServer(treeOf(server), where));
  const [base, ...others] = bases;
  if (base === undefined) {
    return askForHost(servers, notes);
  }
  if (
    servers.some((server) => /^http:/i.test(wordOf(treeOf(server)["url"]))) &&
    base.url.startsWith("https:")
  ) {
    notes.warn("The document names plain http: requests go over https instead");
  }
  const more = [...new Set(others.map(({ url }) => url))].filter((url) => url !== base.url).slice(0, 5);
  if (more.length > 0) {
    notes.warn(
      `Requests go to ${base.url}; the document also names ${more.join(", ")}: give the base URL to choose`,
    );
  }
  return base;
}

function swaggerServers(root: Tree): readonly unknown[] {
  const host = textOf(root["host"]);
  const path = textOf(root["basePath"]) ?? "";
  const schemes = listOf(root["schemes"]).map(wordOf);
  const scheme = schemes.includes("https") || schemes.length === 0 ? "https" : (schemes[0] ?? "https");
  const below = path === "" || path.startsWith("/") ? path : `/${path}`;
  return [{ url: host === undefined ? below : `${scheme}://${host}${below}` }];
}

/** Nobody but whoever connects knows the host of a product that people run themselves. */
function askForHost(servers: readonly unknown[], notes: Notes): Base {
  const urls = servers.map((server) => textOf(treeOf(server)["url"]) ?? "");
  const relative = urls.find((url) => /^\/(?!\/)/.test(url)) ?? "";
  const path = relative.split(/[?#{]/)[0]?.replace(/\/+$/, "") ?? "";
  notes.warn(
    "The document does not say on which public host the API is: every connection is asked for it. Give the base URL to fix it",
  );
  return {
    url: `https://{host}${urlProblem(`https://example.com${path}`) === null ? path : ""}`,
    host: "{host}",
    fields: {
      host: {
        label: "Host",
        description: "The API's host name, without https:// and without a path.",
        placeholder: "api.example.com",
        format: "hostname",
      },
    },
  };
}

/** A server as a definition names it; none when it cannot. */
export function readServer(server: Tree, where: Whereabouts): Base[] {
  const absolute = absoluteUrl(textOf(server["url"]) ?? "", treeOf(server["variables"]), where.documentUrl);
  const match = /^(https:\/\/|http:\/\/(?=localhost(?:[:/]|$)))([^/?#\s]+)([^?#]*)/i.exec(absolute ?? "");
  if (match === null) {
    return [];
  }
  const [, scheme = "", authority = "", path = ""] = match;
  const variables = treeOf(server["variables"]);
  const kept = fill({ scheme: scheme.toLowerCase(), authority, path, variables, keep: true });
  return isUsable(kept)
    ? [kept]
    : [fill({ scheme: scheme.toLowerCase(), authority, path, variables, keep: false })].filter(isUsable);
}

function isUsable(base: Base): boolean {
  const ports = /:(\d+)$/.exec(base.host);
  return (
    urlProblem(base.url) === null &&
    hostPatternProblem(base.host) === null &&
    base.url.length <= 2_000 &&
    (ports === null || Number(ports[1]) < 65_536) &&
    URL.canParse(base.url.replace(VARIABLE, "x"))
  );
}

/** `//host/v1`, `host/v1`, `/v1` and `{scheme}://host` as absolute https URLs. */
function absoluteUrl(given: string, variables: Tree, documentUrl: string | undefined): string | null {
  const url = given
    .replace(
      /^\{([^{}]*)\}(?=:\/\/)/,
      (_, name: string) => textOf(treeOf(ownOf(variables, name))["default"]) ?? "https",
    )
    .replace(/^\/\/(?=[^/])/, "https://")
    .replace(/^http:\/\/(?!localhost(?:[:/]|$))/i, "https://")
    .replace(/^http:\/\/(?!localhost(?:[:/]|$))/i, "https://");
  if (/^https?:\/\//i.test(url)) {
    return url;
  }
  // Strictly a relative path, but nobody means a folder by "api.example.com/v1".
  if (/^[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}(:\d+)?(\/|$)/i.test(url)) {
    return `https://${url}`;
  }
  const isRelative = url === "" || /^[./]/.test(url);
  if (documentUrl === undefined || !isRelative || !URL.canParse(documentUrl)) {
    return null;
  }
  const base = new URL(documentUrl);
  const path = url.startsWith("/") ? url : decodeURI(new URL(url === "" ? "./" : url, base).pathname);
  return `${base.protocol === "http:" && base.hostname !== "localhost" ? "https:" : base.protocol}//${base.host}${path}`;
}

function ownOf(variables: Tree, name: string): unknown {
  return Object.hasOwn(variables, name) ? variables[name] : undefined;
}

interface Filling {
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
  readonly variables: Tree;
  /** Whether variables become fields where they can; else all get their default. */
  readonly keep: boolean;
}

/** Turns the variables of a server into fields, or into their default where a field could not stand. */
function fill({ scheme, authority, path, variables, keep }: Filling): Base {
  const fields: Record<string, FieldInput> = {};
  const replace = (
    text: string,
    fieldFor: (name: string, value: Tree, at: number) => FieldInput | null,
  ): string =>
    text.replace(VARIABLE, (_, name: string, at: number) => {
      const variable = treeOf(ownOf(variables, name));
      const made = keep ? fieldFor(name, variable, at) : null;
      if (made === null) {
        return textOf(wordOf(variable["default"]))?.replace(/[{}]/g, "") ?? "";
      }
      const id = `server_${fieldNameOf(name)}`;
      fields[id] = made;
      return `{${id}}`;
    });
  const host = replace(authority, (name, variable, at) =>
    authority.slice(0, at).includes(":") ? null : hostField(name, variable, authority === `{${name}}`),
  );
  const below = replace(path, pathField).replace(/\/+$/, "");
  return {
    url: `${scheme}${host}${below.startsWith("/") || below === "" ? below : `/${below}`}`,
    host: scheme === "http://" ? `http://${host}` : host,
    fields,
  };
}

function valuesOf(variable: Tree): string[] {
  return listOf(variable["enum"]).slice(0, 200).map(wordOf);
}

function hostField(name: string, variable: Tree, isWhole: boolean): FieldInput | null {
  const values = valuesOf(variable);
  const usual = textOf(wordOf(variable["default"]));
  const known = [...values, ...(usual === undefined ? [] : [usual])];
  if (known.every((value) => LABEL.test(value)) && !isWhole) {
    return fieldOf(name, variable, { format: "label" });
  }
  return isWhole ? fieldOf(name, variable, { format: "hostname" }) : null;
}

/** Values are encoded where they stand: what holds a slash, or may be empty, is no field. */
function pathField(name: string, variable: Tree): FieldInput | null {
  const values = valuesOf(variable);
  const usual = textOf(wordOf(variable["default"]));
  const isFixed = usual === undefined ? Object.hasOwn(variable, "default") : values.length === 1;
  return isFixed || [...values, usual ?? "x"].some((value) => !/^[^/\s]+$/.test(value))
    ? null
    : fieldOf(name, variable, {});
}

function fieldOf(name: string, variable: Tree, form: Pick<FieldInput, "format">): FieldInput {
  const values = [...new Set(valuesOf(variable))].filter((value) => value !== "" && value.length <= 200);
  const usual = textOf(wordOf(variable["default"]));
  const description = textOf(variable["description"]);
  const made: FieldInput = {
    label: shorten(name === "" ? "Server" : name, 200),
    ...form,
    ...(description === undefined ? {} : { description: shorten(description, 1_000) }),
    ...(values.length === 0 ? {} : { options: values.map((value) => ({ value, label: value })) }),
  };
  const takesDefault = usual !== undefined && fieldValueProblem(field.parse(made), usual) === null;
  return takesDefault ? { ...made, default: usual } : made;
}

/** The host of a URL without places, as a pattern of hosts; null when a definition cannot name it. */
export function staticHost(url: string): string | null {
  const [, authority] = originOf(url);
  return urlProblem(url) === null && hostPatternProblem(authority) === null ? authority : null;
}
