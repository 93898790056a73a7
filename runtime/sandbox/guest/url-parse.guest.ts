import { toText } from "./primordials.guest.ts";
import { parseIpv4, parseIpv6 } from "./url-address.guest.ts";

/** The URL parser (URL Standard, section 4.4), written for the parts that the URL class keeps. */
export const SPECIAL: Readonly<Record<string, string>> = {
  "http:": "80",
  "https:": "443",
  "ws:": "80",
  "wss:": "443",
  "ftp:": "21",
};
const FORBIDDEN_HOST = /[\0\t\n\r #%/:<>?@[\\\]^|\x7f]/;

/** A URL in its parts, each as it is shown. */
export interface Parts {
  protocol: string;
  username: string;
  password: string;
  hostname: string;
  port: string;
  pathname: string;
  search: string;
  hash: string;
  /** Without an authority: `mailto:`, `data:`. */
  opaque: boolean;
}

// What stays as it is in each part; everything else is percent-encoded in UTF-8 (URL Standard, section 1.3).
export const FRAGMENT = /[^\x21\x23-\x3b\x3d\x3f-\x5f\x61-\x7e]/gu;
export const QUERY = /[^\x21\x24-\x26\x28-\x3b\x3d\x3f-\x7e]/gu;
const PATH = /[^\x21\x24-\x3b\x3d\x40-\x5d\x5f\x61-\x7a\x7c\x7e]/gu;
export const USERINFO = /[^\x21\x24-\x2e\x30-\x39\x41-\x5a\x5f\x61-\x7a\x7e]/gu;

/** Percent-encodes what the part does not hold as it is. */
export function encodePart(value: string, outside: RegExp): string {
  return value.toWellFormed().replace(outside, (character) => {
    const encoded = encodeURIComponent(character);
    return encoded === character
      ? `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`
      : encoded;
  });
}

/** The parts of a URL, relative to `base` where there is one; throws a TypeError. */
export function parseUrl(given: string, base: Parts | null): Parts {
  const text = given.replace(/^[\0- ]+|[\0- ]+$/g, "").replace(/[\t\n\r]/g, "");
  const scheme = /^[A-Za-z][A-Za-z0-9+\-.]*:/.exec(text)?.[0].toLowerCase();
  if (scheme === undefined) {
    if (base === null) {
      throw new TypeError(`Invalid URL: ${given.slice(0, 200)}`);
    }
    return resolve(text, base);
  }
  const rest = text.slice(scheme.length);
  if (scheme in SPECIAL && base?.protocol === scheme && !/^[/\\]/.test(rest)) {
    return resolve(rest, base);
  }
  const special = scheme in SPECIAL;
  const [body, search, hash] = cut(rest);
  if (!special && !body.startsWith("//")) {
    return {
      protocol: scheme,
      username: "",
      password: "",
      hostname: "",
      port: "",
      pathname: body,
      search,
      hash,
      opaque: true,
    };
  }
  const authority = body.replace(special ? /^[/\\]*/ : /^\/\//, "");
  return { protocol: scheme, ...parseAuthority(authority, scheme), search, hash, opaque: false };
}

/** Path, `?query` and `#fragment` of what follows the scheme, the latter two encoded. */
function cut(rest: string): [body: string, search: string, hash: string] {
  const hashAt = rest.indexOf("#");
  const fragment = hashAt < 0 ? "" : rest.slice(hashAt + 1);
  const before = hashAt < 0 ? rest : rest.slice(0, hashAt);
  const queryAt = before.indexOf("?");
  const query = queryAt < 0 ? "" : before.slice(queryAt + 1);
  const body = queryAt < 0 ? before : before.slice(0, queryAt);
  return [
    body,
    query === "" ? "" : `?${encodePart(query, QUERY)}`,
    fragment === "" ? "" : `#${encodePart(fragment, FRAGMENT)}`,
  ];
}

function resolve(reference: string, base: Parts): Parts {
  const special = base.protocol in SPECIAL;
  const [body, search, hash] = cut(reference);
  if (base.opaque && !(body === "" && search === "")) {
    throw new TypeError("Invalid URL: its base cannot be a base.");
  }
  if (/^(\/|\\){2}/.test(special ? body : body.replace(/\\/g, " "))) {
    return { ...base, ...parseAuthority(body.slice(2), base.protocol), search, hash };
  }
  if (body === "") {
    return { ...base, search: reference.includes("?") ? search : base.search, hash };
  }
  const path = /^[/\\]/.test(body)
    ? body
    : `${base.pathname.slice(0, base.pathname.lastIndexOf("/") + 1)}${body}`;
  return { ...base, pathname: normalPath(path, special), search, hash };
}

function parseAuthority(
  text: string,
  scheme: string,
): Pick<Parts, "username" | "password" | "hostname" | "port" | "pathname"> {
  const special = scheme in SPECIAL;
  const end = text.search(special ? /[/\\]/ : /\//);
  const authority = end < 0 ? text : text.slice(0, end);
  const at = authority.lastIndexOf("@");
  const [username = "", ...password] = at < 0 ? [""] : authority.slice(0, at).split(":");
  const [hostText, port] = splitHost(authority.slice(at + 1));
  const hostname = parseHost(hostText, special);
  if (hostname === "" && special) {
    throw new TypeError("Invalid URL: it has no host.");
  }
  if (!/^\d*$/.test(port) || Number(port) > 65_535) {
    throw new TypeError(`Invalid URL: the port ${port.slice(0, 20)} is not a port.`);
  }
  return {
    username: encodePart(username, USERINFO),
    password: encodePart(password.join(":"), USERINFO),
    hostname,
    port: port === "" || toText(Number(port)) === SPECIAL[scheme] ? "" : toText(Number(port)),
    pathname: normalPath(end < 0 ? "" : text.slice(end), special),
  };
}

/** Host and port of `host[:port]`. */
export function splitHost(text: string): [host: string, port: string] {
  const match = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(text);
  return match === null ? [text, ""] : [match[1] ?? "", match[2] ?? ""];
}

/** A host in its normal form; throws a TypeError. */
export function parseHost(text: string, special: boolean): string {
  if (text.startsWith("[")) {
    return parseIpv6(text);
  }
  if (!special) {
    return text;
  }
  const host = percentDecoded(text).toLowerCase();
  if (FORBIDDEN_HOST.test(host) || /[^\0-\x7f]/.test(host)) {
    throw new TypeError(`Invalid URL: the host ${text.slice(0, 200)} is not a host.`);
  }
  const last = host.replace(/\.$/, "").split(".").at(-1) ?? "";
  return /^(\d+|0x[0-9a-f]*)$/.test(last) ? parseIpv4(host.replace(/\.$/, "")) : host;
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new TypeError("Invalid URL: its host is not well encoded.");
  }
}

/** A path without dot segments, encoded. */
export function normalPath(path: string, special: boolean): string {
  const parts = (special ? path.replaceAll("\\", "/") : path).replace(/^\//, "").split("/");
  const kept: string[] = [];
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1;
    const dots = part.replace(/%2e/gi, ".");
    if (dots === "..") {
      kept.pop();
    } else if (dots !== ".") {
      kept.push(encodePart(part, PATH));
      continue;
    }
    if (last) {
      kept.push("");
    }
  }
  return path === "" && !special ? "" : `/${kept.join("/")}`;
}
