import { createRedactor } from "#runtime/vault/redact.ts";

const LONGEST = 300;

/** What a provider said, fit to be shown: without any of our secrets that it repeats, on one line, and short. */
export function providerText(text: string, secrets: readonly (string | null | undefined)[]): string {
  const entries = secrets
    .filter((value) => value !== null && value !== undefined)
    .map((value) => ({ value, replacement: "[redacted]" }));
  const redacted = createRedactor(entries).text(text);
  // oxlint-disable-next-line no-control-regex -- a line break would forge a line of a log
  const line = redacted.replace(/[\0-\x1f\x7f-\x9f\u2028\u2029]+/g, " ").trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}
