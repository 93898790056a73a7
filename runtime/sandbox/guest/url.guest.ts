import { toText } from "./primordials.guest.ts";
import { URLSearchParams } from "./url-params.guest.ts";
import {
  encodePart,
  FRAGMENT,
  normalPath,
  parseHost,
  type Parts,
  parseUrl,
  QUERY,
  SPECIAL,
  splitHost,
  USERINFO,
} from "./url-parse.guest.ts";

/**
 * URL and URLSearchParams (URL Standard) for what workflows address: absolute and relative special URLs, and
 * opaque others. Hosts are ASCII, IPv4 and IPv6; internationalized names must be written in punycode.
 */
/** URL (URL Standard, section 6.1). */
export class URL {
  readonly #parts: Parts;
  readonly #params: URLSearchParams;

  constructor(url: string | URL, base?: string | URL) {
    this.#parts = parseUrl(toText(url), base === undefined ? null : new URL(base).#parts);
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
    Object.assign(this.#parts, parseUrl(toText(value), null));
    this.#reread();
  }

  get origin(): string {
    return this.#parts.protocol in SPECIAL ? `${this.#parts.protocol}//${this.host}` : "null";
  }

  get protocol(): string {
    return this.#parts.protocol;
  }

  set protocol(value: string) {
    const protocol = `${toText(value).split(":")[0]?.toLowerCase() ?? ""}:`;
    if (protocol in SPECIAL === this.#parts.protocol in SPECIAL && /^[a-z][a-z0-9+\-.]*:$/.test(protocol)) {
      this.#parts.protocol = protocol;
      this.port = this.#parts.port;
    }
  }

  get username(): string {
    return this.#parts.username;
  }

  set username(value: string) {
    this.#parts.username = encodePart(toText(value), USERINFO);
  }

  get password(): string {
    return this.#parts.password;
  }

  set password(value: string) {
    this.#parts.password = encodePart(toText(value), USERINFO);
  }

  get host(): string {
    return this.#parts.port === "" ? this.#parts.hostname : `${this.#parts.hostname}:${this.#parts.port}`;
  }

  set host(value: string) {
    const [hostname, port] = splitHost(toText(value));
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
      this.#parts.hostname = parseHost(toText(value), this.#parts.protocol in SPECIAL);
    } catch {
      // As the standard says: a bad part is ignored by its setter.
    }
  }

  get port(): string {
    return this.#parts.port;
  }

  set port(value: string) {
    const digits = /^\d*/.exec(toText(value))?.[0] ?? "";
    if (digits === "" || Number(digits) <= 65_535) {
      this.#parts.port =
        digits === "" || toText(Number(digits)) === SPECIAL[this.#parts.protocol]
          ? ""
          : toText(Number(digits));
    }
  }

  get pathname(): string {
    return this.#parts.pathname;
  }

  set pathname(value: string) {
    if (!this.#parts.opaque) {
      this.#parts.pathname = normalPath(toText(value), this.#parts.protocol in SPECIAL);
    }
  }

  get search(): string {
    return this.#parts.search;
  }

  set search(value: string) {
    const query = toText(value).replace(/^\?/, "");
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
    const fragment = toText(value).replace(/^#/, "");
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
