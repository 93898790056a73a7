import { InvalidError } from "#runtime/errors.ts";

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Whether people may be sent to a URL, or a page of its origin may talk to ours: HTTPS, or this very machine. */
export function isSafePage(text: string): boolean {
  if (text.length > 2_000 || !URL.canParse(text)) {
    return false;
  }
  const url = new URL(text);
  const secure = url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK.has(url.hostname));
  return secure && url.username === "" && url.password === "";
}

// URLs allow more in a host, such as * and ;, which mean something in the policy that an origin becomes part of.
const ORIGIN = /^https?:\/\/([a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])(:\d{1,5})?$/;

/** Whether a text is exactly an origin as browsers write it: `https://app.example.com`, without a slash at the end. */
export function isSafeOrigin(text: string): boolean {
  return ORIGIN.test(text) && isSafePage(text) && new URL(text).origin === text;
}

/** @throws InvalidError when people may not be sent there. */
export function requireSafePage(text: string, path: string): void {
  if (!isSafePage(text)) {
    const message = "must be an https URL without credentials in it (http only towards localhost)";
    throw new InvalidError(`"${path}" ${message}.`, { issues: [{ path, message }] });
  }
}

/** The URL with an outcome in its query. What was there under these names is replaced. */
export function withOutcome(returnUrl: string, outcome: Readonly<Record<string, string>>): string {
  const url = new URL(returnUrl);
  for (const [name, value] of Object.entries(outcome)) {
    url.searchParams.set(name, value);
  }
  return url.href;
}
