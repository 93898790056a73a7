import ipaddr from "ipaddr.js";

/**
 * Says whether a URL is a destination that `pattern` names.
 *
 * A pattern is `api.example.com`, `*.example.com` (any depth of subdomains, not the domain itself), with an
 * optional `:port`. The default is HTTPS on 443; `http://` before it allows plain HTTP too (80 by default).
 * A wildcard never matches an address literal, and a trailing dot in the URL's host means nothing.
 */
export function matchesHost(pattern: string, url: URL): boolean {
  const rule = parsePattern(pattern);
  const scheme = url.protocol;
  if (rule === null || (scheme !== "https:" && !(scheme === "http:" && rule.plain))) {
    return false;
  }
  const standardPort = scheme === "https:" ? 443 : 80;
  const port = url.port === "" ? standardPort : Number(url.port);
  return port === (rule.port ?? standardPort) && hostMatches(rule, hostOf(url));
}

/** A URL's host in the one form that is compared, resolved and dialled: lower case, no trailing dot. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/\.$/, "");
}

/** The pattern that would allow exactly this destination: what a refusal tells the author to declare. */
export function patternFor(url: URL): string {
  const port = url.port === "" ? "" : `:${url.port}`;
  return `${url.protocol === "http:" ? "http://" : ""}${hostOf(url)}${port}`;
}

interface HostRule {
  readonly plain: boolean;
  readonly wildcard: boolean;
  readonly host: string;
  readonly port: number | null;
}

function parsePattern(pattern: string): HostRule | null {
  const parts = /^(?:(https?):\/\/)?(\*\.)?([^/?#@\\\s]+?)(?::(\d{1,5}))?$/i.exec(pattern);
  const [, scheme, wildcard, name, port] = parts ?? [];
  if (name === undefined || !URL.canParse(`https://${name}`)) {
    return null;
  }
  // The URL parser gives the host the very form that request URLs have: punycode, canonical addresses.
  const url = new URL(`https://${name}`);
  if (url.port !== "" || url.hostname === "") {
    return null;
  }
  return {
    plain: scheme?.toLowerCase() === "http",
    wildcard: wildcard !== undefined,
    host: hostOf(url),
    port: port === undefined ? null : Number(port),
  };
}

function hostMatches(rule: HostRule, host: string): boolean {
  if (!rule.wildcard) {
    return host === rule.host;
  }
  return host.endsWith(`.${rule.host}`) && host.length > rule.host.length + 1 && !isAddress(host);
}

/** Says whether a host, as the URL parser writes it, is an address literal. */
export function isAddress(host: string): boolean {
  return host.startsWith("[") || ipaddr.IPv4.isValidFourPartDecimal(host);
}

// Platform services at public addresses: Azure's instance metadata and WireServer.
const METADATA = new Set(["168.63.129.16"]);
// RFC 4291 §2.4: what is not in here is not assigned for global unicast.
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR("2000::/3");

/**
 * Says whether egress may dial an address: one of the public internet, or inside a network of `allow` (CIDRs).
 * Refused: private, loopback, link-local, carrier-grade NAT, multicast, reserved, documentation, broadcast and
 * unspecified addresses, cloud metadata services, and every IPv6 form that carries an IPv4 address inside.
 */
export function addressAllowed(ip: string, allow: readonly string[]): boolean {
  if (!ipaddr.IPv4.isValidFourPartDecimal(ip) && !ipaddr.IPv6.isValid(ip)) {
    return false;
  }
  const address = ipaddr.parse(ip);
  return allow.some((cidr) => inNetwork(address, cidr)) || isPublic(address);
}

function inNetwork(address: ipaddr.IPv4 | ipaddr.IPv6, cidr: string): boolean {
  const [network, bits] = ipaddr.parseCIDR(cidr);
  return network.kind() === address.kind() && address.match(network, bits);
}

function isPublic(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (address.range() !== "unicast") {
    return false;
  }
  if (address instanceof ipaddr.IPv4) {
    return !METADATA.has(address.toString());
  }
  // A scoped address is a link's own, and an interface id `…:5efe:a.b.c.d` is ISATAP (RFC 5214 §6.1).
  const isatap = address.parts[5] === 0x5efe && ((address.parts[4] ?? 0) & ~0x0200) === 0;
  return address.match(GLOBAL_UNICAST) && address.zoneId === undefined && !isatap;
}
