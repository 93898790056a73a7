import { addressAllowed, hostOf, isAddress } from "#runtime/egress/policy.ts";

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * What is wrong with the URL of an endpoint; null: nothing. Names are checked again by egress, on the address that
 * is dialled each time.
 */
export function targetFault(text: string, allow: readonly string[]): string | null {
  if (text.length > 2_000 || !URL.canParse(text)) {
    return "must be an absolute URL of at most 2000 characters";
  }
  const url = new URL(text);
  const host = hostOf(url);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && LOOPBACK.has(host))) {
    return "must begin with https:// (http:// only towards this very machine)";
  }
  if (url.username !== "" || url.password !== "") {
    return "must not hold credentials: messages are signed, verify them instead";
  }
  if (url.hash !== "") {
    return "must not have a fragment: it is never sent";
  }
  return isAddress(host) && !addressAllowed(host.replace(/^\[|\]$/g, ""), allow)
    ? "must not be a private address: messages go to the public internet only"
    : null;
}
