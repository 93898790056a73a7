/**
 * URL and URLSearchParams (URL Standard) for what workflows address: absolute and relative special URLs, and
 * opaque others. Hosts are ASCII, IPv4 and IPv6; internationalized names must be written in punycode.
 */
const SPECIAL: Readonly<Record<string, string>> = {
  "http:": "80",
  "https:": "443",
  "ws:": "80",
  "wss:": "443",
  "ftp:": "21",
};
const FORBIDDEN_HOST = /[\0\t\n\r #%/:<>?@[\\\]^|\x7f]/;

interface Parts {
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

/** URL (URL Standard, section 6.1). */
export class URL {
  readonly #parts: Parts;
  readonly #params: URLSearchParams;

  constructor(url: string | URL, base?: string | URL) {
    this.#parts = parseUrl(String(url), base === undefined ? null : new URL(base).#parts);
    this.#params = new URLSearchParams(this.#parts.search);
    URLSearchParams.bind(this.#params, (search) => {
      this.#parts.search = search === "" ? "" : `?${search}`;
    });
  }

  static canParse(url: string | URL, base?: string | URL): boolean {
    return URL.parse(url, base) !== null;
  }

  static parse(url: string | URL, base?: string | URL): URL | null {
    try {
      return new URL(url, base);
    } catch {
      return null;
    }
  }

  get href(): string {
    const { protocol, username, password, pathname, search, hash, opaque } = this.#parts;
    const credentials =
      username === "" && password === "" ? "" : `${username}${password === "" ? "" : `:${password}`}@`;
    return `${protocol}${opaque ? "" : `//${credentials}${this.host}`}${pathname}${search}${hash}`;
  }

  set href(value: string) {
    Object.assign(this.#parts, parseUrl(String(value), null));
    this.#reread();
  }

  get origin(): string {
    return this.#parts.protocol in SPECIAL ? `${this.#parts.protocol}//${this.host}` : "null";
  }

  get protocol(): string {
    return this.#parts.protocol;
  }

  set protocol(value: string) {
    const protocol = `${String(value).split(":")[0]?.toLowerCase() ?? ""}:`;
    if (protocol in SPECIAL === this.#parts.protocol in SPECIAL && /^[a-z][a-z0-9+\-.]*:$/.test(protocol)) {
      this.#parts.protocol = protocol;
      this.port = this.#parts.port;
    }
  }

  get username(): string {
    return this.#parts.username;
  }

  set username(value: string) {
    this.#parts.username = encodePart(String(value), USERINFO);
  }

  get password(): string {
    return this.#parts.password;
  }

  set password(value: string) {
    this.#parts.password = encodePart(String(value), USERINFO);
  }

  get host(): string {
    return this.#parts.port === "" ? this.#parts.hostname : `${this.#parts.hostname}:${this.#parts.port}`;
  }

  set host(value: string) {
    const [hostname = "", port] = splitHost(String(value));
    this.hostname = hostname;
    if (port !== "") {
      this.port = port;
    }
  }

  get hostname(): string {
    return this.#parts.hostname;
  }

  set hostname(value: string) {
    try {
      this.#parts.hostname = parseHost(String(value), this.#parts.protocol in SPECIAL);
    } catch {
      // As the standard says: a bad part is ignored by its setter.
    }
  }

  get port(): string {
    return this.#parts.port;
  }

  set port(value: string) {
    const digits = /^\d*/.exec(String(value))?.[0] ?? "";
    if (digits === "" || Number(digits) <= 65_535) {
      this.#parts.port =
        digits === "" || String(Number(digits)) === SPECIAL[this.#parts.protocol]
          ? ""
          : String(Number(digits));
    }
  }

  get pathname(): string {
    return this.#parts.pathname;
  }

  set pathname(value: string) {
    if (!this.#parts.opaque) {
      this.#parts.pathname = normalPath(String(value), this.#parts.protocol in SPECIAL);
    }
  }

  get search(): string {
    return this.#parts.search;
  }

  set search(value: string) {
    const query = String(value).replace(/^\?/, "");
    this.#parts.search = query === "" ? "" : `?${encodePart(query, QUERY)}`;
    this.#reread();
  }

  get searchParams(): URLSearchParams {
    return this.#params;
  }

  get hash(): string {
    return this.#parts.hash;
  }

  set hash(value: string) {
    const fragment = String(value).replace(/^#/, "");
    this.#parts.hash = fragment === "" ? "" : `#${encodePart(fragment, FRAGMENT)}`;
  }

  #reread(): void {
    URLSearchParams.replace(this.#params, this.#parts.search);
  }

  toString(): string {
    return this.href;
  }

  toJSON(): string {
    return this.href;
  }
}

// What stays as it is in each part; everything else is percent-encoded in UTF-8 (URL Standard, section 1.3).
const FRAGMENT = /[^\x21\x23-\x3b\x3d\x3f-\x5f\x61-\x7e]/gu;
const QUERY = /[^\x21\x24-\x26\x28-\x3b\x3d\x3f-\x7e]/gu;
const PATH = /[^\x21\x24-\x3b\x3d\x40-\x5d\x5f\x61-\x7a\x7c\x7e]/gu;
const USERINFO = /[^\x21\x24-\x2e\x30-\x39\x41-\x5a\x5f\x61-\x7a\x7e]/gu;

function encodePart(value: string, outside: RegExp): string {
  return value.toWellFormed().replace(outside, (character) => {
    const encoded = encodeURIComponent(character);
    return encoded === character
      ? `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`
      : encoded;
  });
}

function parseUrl(given: string, base: Parts | null): Parts {
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
    port: port === "" || String(Number(port)) === SPECIAL[scheme] ? "" : String(Number(port)),
    pathname: normalPath(end < 0 ? "" : text.slice(end), special),
  };
}

function splitHost(text: string): [host: string, port: string] {
  const match = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(text);
  return match === null ? [text, ""] : [match[1] ?? "", match[2] ?? ""];
}

function parseHost(text: string, special: boolean): string {
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

function parseIpv4(host: string): string {
  const numbers = host.split(".").map((part) => {
    const [radix, digits] = /^0x/.test(part)
      ? [16, part.slice(2) || "0"]
      : part.length > 1 && part.startsWith("0")
        ? [8, part.slice(1)]
        : [10, part];
    const valid = radix === 16 ? /^[0-9a-f]+$/ : radix === 8 ? /^[0-7]+$/ : /^\d+$/;
    return valid.test(digits) ? Number.parseInt(digits, radix) : Number.NaN;
  });
  const last = numbers.at(-1) ?? Number.NaN;
  const valid =
    numbers.length <= 4 &&
    numbers.slice(0, -1).every((number) => number <= 255) &&
    last < 256 ** (5 - numbers.length);
  if (!valid) {
    throw new TypeError(`Invalid URL: ${host.slice(0, 100)} is not an IPv4 address.`);
  }
  const value = numbers.slice(0, -1).reduce((sum, number, index) => sum + number * 256 ** (3 - index), last);
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}

function parseIpv6(text: string): string {
  const given = text
    .slice(1, -1)
    .replace(
      /(\d+)\.(\d+)\.(\d+)\.(\d+)$/,
      (_, a: string, b: string, c: string, d: string) =>
        `${(Number(a) * 256 + Number(b)).toString(16)}:${(Number(c) * 256 + Number(d)).toString(16)}`,
    );
  const [head = "", tail, ...more] = given.split("::");
  const words = (part: string): string[] => (part === "" ? [] : part.split(":"));
  const left = words(head);
  const right = tail === undefined ? [] : words(tail);
  const gap = 8 - left.length - right.length;
  const all = [...left, ...Array.from({ length: Math.max(0, gap) }, () => "0"), ...right];
  if (
    !text.endsWith("]") ||
    more.length > 0 ||
    all.length !== 8 ||
    (tail === undefined ? gap !== 0 : gap < 1) ||
    !all.every((word) => /^[0-9a-f]{1,4}$/i.test(word))
  ) {
    throw new TypeError(`Invalid URL: ${text.slice(0, 100)} is not an IPv6 address.`);
  }
  return `[${compress(all.map((word) => Number.parseInt(word, 16).toString(16)))}]`;
}

/** The longest run of zeros, two at least, as `::` (URL Standard, section 3.5). */
function compress(words: readonly string[]): string {
  const joined = words.join(":");
  const longest = (joined.match(/\b0(:0)+\b/g) ?? []).reduce(
    (best, run) => (run.length > best.length ? run : best),
    "",
  );
  return longest === ""
    ? joined
    : joined
        .replace(longest, ":")
        .replace(/^:(?!:)|(?<!:):$/g, "::")
        .replace(/:{3,}/, "::");
}

function normalPath(path: string, special: boolean): string {
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

/** URLSearchParams (URL Standard, section 6.2). */
export class URLSearchParams {
  #pairs: [string, string][] = [];
  #changed: (search: string) => void = () => {
    // Set when a URL owns these parameters.
  };

  constructor(
    init:
      string | URLSearchParams | Iterable<readonly [string, string]> | Readonly<Record<string, string>> = "",
  ) {
    if (typeof init === "string") {
      this.#pairs = parseForm(init);
    } else if (typeof init === "object" && init !== null) {
      const pairs = Symbol.iterator in init ? [...init] : Object.entries(init);
      this.#pairs = pairs.map(([name, value]) => [String(name), String(value)]);
    }
  }

  /** For URL: hears of every change. */
  static bind(params: URLSearchParams, changed: (search: string) => void): void {
    params.#changed = changed;
  }

  /** For URL: takes over a query that was set there. */
  static replace(params: URLSearchParams, search: string): void {
    params.#pairs = parseForm(search);
  }

  get size(): number {
    return this.#pairs.length;
  }

  append(name: string, value: string): void {
    this.#pairs.push([String(name), String(value)]);
    this.#changed(this.toString());
  }

  set(name: string, value: string): void {
    const at = this.#pairs.findIndex(([key]) => key === String(name));
    const pair: [string, string] = [String(name), String(value)];
    this.#pairs = this.#pairs.filter(([key], index) => key !== String(name) || index === at);
    if (at < 0) {
      this.#pairs.push(pair);
    } else {
      this.#pairs[at] = pair;
    }
    this.#changed(this.toString());
  }

  get(name: string): string | null {
    return this.#pairs.find(([key]) => key === String(name))?.[1] ?? null;
  }

  getAll(name: string): string[] {
    return this.#pairs.filter(([key]) => key === String(name)).map(([, value]) => value);
  }

  has(name: string, value?: string): boolean {
    return this.#pairs.some(
      ([key, held]) => key === String(name) && (value === undefined || held === String(value)),
    );
  }

  delete(name: string, value?: string): void {
    this.#pairs = this.#pairs.filter(
      ([key, held]) => key !== String(name) || (value !== undefined && held !== String(value)),
    );
    this.#changed(this.toString());
  }

  sort(): void {
    this.#pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    this.#changed(this.toString());
  }

  forEach(callback: (value: string, name: string, params: URLSearchParams) => void, self?: unknown): void {
    for (const [name, value] of this) {
      callback.call(self, value, name, this);
    }
  }

  *entries(): IterableIterator<[string, string]> {
    for (const [name, value] of this.#pairs) {
      yield [name, value];
    }
  }

  *keys(): IterableIterator<string> {
    for (const [name] of this.#pairs) {
      yield name;
    }
  }

  *values(): IterableIterator<string> {
    for (const [, value] of this.#pairs) {
      yield value;
    }
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }

  toString(): string {
    return this.#pairs.map(([name, value]) => `${formEncoded(name)}=${formEncoded(value)}`).join("&");
  }
}

function formEncoded(value: string): string {
  return encodeURIComponent(value.toWellFormed())
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%20", "+");
}

function parseForm(query: string): [string, string][] {
  return query
    .replace(/^\?/, "")
    .split("&")
    .filter((part) => part !== "")
    .map((part) => {
      const at = part.indexOf("=");
      return [formDecoded(at < 0 ? part : part.slice(0, at)), formDecoded(at < 0 ? "" : part.slice(at + 1))];
    });
}

function formDecoded(value: string): string {
  return value.replaceAll("+", " ").replace(/(%[0-9a-f]{2})+/gi, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded
        .replace(/(%[0-7][0-9a-f])/gi, (byte) => decodeURIComponent(byte))
        .replace(/%[89a-f][0-9a-f]/gi, "\ufffd");
    }
  });
}
